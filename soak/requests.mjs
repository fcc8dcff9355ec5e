// Writes that another process asks the master for, over its control socket, whoever the master is just now.
import { setTimeout as delay } from 'node:timers/promises';
import { requestWrite } from '../lib/write-requests/client.js';
import { partOf } from './document.mjs';
import { now } from './journal.mjs';
import { randomValue } from './values.mjs';

const HUNG_MS = 60_000;
const BETWEEN_MS = { least: 5, most: 150 };
/** The master died before it answered, or had no room. */
const EXPECTED = ['ERR_UNANSWERED', 'ERR_TOO_LARGE', 'ERR_NO_SPACE'];

export class Requests {
  #arena;
  #witness;
  #stamp = 0;
  answered = 0;
  unanswered = 0;

  /** @param {import('./arena.mjs').Arena} arena */
  constructor(arena) {
    this.#arena = arena;
    this.#witness = arena.history.witness({ name: 'a client of the control socket', master: false });
  }

  /** Asks again and again, until the arena stops. */
  async ask() {
    const { random, stopped } = this.#arena;
    while (!stopped()) {
      await delay(random.between(BETWEEN_MS.least, BETWEEN_MS.most));
      await this.#request();
    }
  }

  async #request() {
    const { random, task, history } = this.#arena;
    const part = partOf(++this.#stamp, [randomValue(random)]);
    const hung = setTimeout(() => this.#arena.fault('hung', 'a request to the master was not answered'), HUNG_MS);
    try {
      const answer = await requestWrite(task.name, task, {
        verb: 'set',
        path: `/parts/${random.pick(['a', '7', 'asked'])}`,
        value: part,
      });
      if (answer !== undefined)
        history.saw(this.#witness, { version: answer.version, digest: NaN, begin: -Infinity, end: now() });
      this.answered += answer === undefined ? 0 : 1;
    } catch (error) {
      if (!EXPECTED.includes(error.code)) this.#arena.fault('failed', `a request failed: ${error.stack}`);
      this.unanswered++;
    } finally {
      clearTimeout(hung);
    }
  }
}

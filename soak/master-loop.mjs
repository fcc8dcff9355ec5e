// The life of a master: it waits for the region, takes it over, and writes without end, until it is killed or asked to finish. It notes each version
// before it publishes it and after.
import { setTimeout as delay } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { randomChanges, removal, replacement } from './changes.mjs';
import { digestOf, examine } from './document.mjs';
import { Journal, NOTES, now } from './journal.mjs';
import { say } from './programs/say.mjs';
import { randomOf } from './random.mjs';
import { REFUSALS, REFUSED_KEY } from './refusals.mjs';
import { SEALED_WRITES, writePart } from './writes.mjs';

const WAIT_MS = 250;
const LEAST_BYTES = 192 * 1024;
const FIRST_KEYS = ['a', 'b', 'c', 'd', 'e', '7'];
const STAMPS_EACH = 1e9;
const MOST_IN_A_ROW = 40;
const SHARES = { refusal: 0.08, sealed: 0.5 };
const NO_SPACE = ['ERR_TOO_LARGE', 'ERR_NO_SPACE'];

export class MasterLoop {
  #task;
  #random;
  #journal;
  #options;
  #conductor = process.ppid;
  #ending = false;
  /** @type {Master} */
  #master;
  /** The parts of the newest version, as we know them without asking the library. */
  #parts = {};
  /** The parts that a request of another process is about to publish. */
  #requested = {};
  #stamp;
  /** Whether a write of our own is under way. */
  #own = false;
  #writes = 0;
  /** Whether there was no room for the last write. */
  #short = false;

  /** @param {import('./masters.mjs').MasterTask} task */
  constructor(task) {
    this.#task = task;
    this.#random = randomOf(task.seed, 1, task.number);
    this.#journal = new Journal(task.journal);
    this.#stamp = task.number * STAMPS_EACH;
    this.#options = this.#chooseOptions();
  }

  /** Does not return: the process ends. */
  async run() {
    process.on('SIGTERM', () => {
      this.#ending = true;
    });
    process.on('uncaughtException', (error) => this.#fail(error));
    try {
      say({ waiting: true });
      this.#master = this.#open();
      const openedAt = now();
      this.#master.on('publish', ({ version }) => this.#notePublished(version));
      if (this.#master.version === 0) this.#begin();
      else this.#resume(openedAt);
      say({ ready: true, at: openedAt });
      await this.#write();
      this.#master.close();
      say({ closed: true, version: this.#master.version });
    } catch (error) {
      this.#fail(error);
    }
    leave();
  }

  /** Opens, writes `writes` times, and closes, without a word: so that what is forked off later has run before. */
  rehearse(writes) {
    this.#master = this.#open();
    this.#begin();
    for (let left = writes; left > 0; left--) this.#writeOnce();
    this.#master.close();
  }

  /** Each master has other limits: with the least that is allowed, compactions never end. */
  #chooseOptions() {
    const { unlimited, calm } = this.#task;
    const maxBytes = unlimited
      ? undefined
      : this.#random.pick([LEAST_BYTES, LEAST_BYTES, 300_000, 1_000_000, undefined]);
    const control = calm || this.#random.chance(0.4);
    return {
      maxBytes,
      control,
      history: this.#random.pick([1, 1, 2, 8]),
      validated: control || this.#random.chance(0.5),
    };
  }

  #open() {
    const { maxBytes, control, history, validated } = this.#options;
    const schema = { '~standard': { version: 1, vendor: 'soak', validate: (document) => this.#validate(document) } };
    const options = {
      dir: this.#task.dir,
      maxBytes,
      control,
      history,
      wait: { timeoutMs: WAIT_MS },
      ...(validated && { schema }),
    };
    for (;;) {
      this.#leaveIfAlone();
      try {
        return Master.open(this.#task.name, options);
      } catch (error) {
        if (error.code !== 'ERR_TIMEOUT') throw error;
      }
    }
  }

  /** The first document. */
  #begin() {
    this.#publishSealed(
      'write',
      FIRST_KEYS.map((key) => replacement(this.#random, ++this.#stamp, key, undefined)),
    );
  }

  /** What the master before has left, all of it. */
  #resume(openedAt) {
    const { version, current } = this.#master;
    const { digest, fault } = examine(current, version);
    if (fault !== undefined) throw new Error(`a new master found: ${fault}`);
    this.#journal.note(NOTES.opened, version, digest, openedAt, openedAt);
    this.#parts = { ...current.parts };
  }

  async #write() {
    while (!this.#ending) {
      for (let left = this.#random.between(1, MOST_IN_A_ROW); left > 0; left--) this.#writeOnce();
      await delay(this.#random.next() * this.#task.pauseMs.write);
      this.#leaveIfAlone();
    }
  }

  #writeOnce() {
    if (this.#task.tellAt === this.#writes++) say({ writing: true });
    const kind = this.#random.next();
    if (kind < SHARES.refusal) this.#beRefused(this.#random.pick(REFUSALS));
    else if (this.#short) this.#makeRoom();
    else if (kind < SHARES.refusal + SHARES.sealed)
      this.#publishSealed(this.#random.pick(Object.keys(SEALED_WRITES)), this.#changes());
    else this.#publishSingle(this.#changes());
  }

  #changes() {
    return randomChanges(this.#random, ++this.#stamp, this.#parts);
  }

  #makeRoom() {
    this.#short = false;
    const keys = Object.keys(this.#parts);
    if (keys.length > 1) this.#publishSingle([removal(this.#random.pick(keys))]);
  }

  #publishSealed(kind, changes) {
    const parts = withChanges(this.#parts, changes);
    const seal = { stamp: this.#stamp, version: this.#master.version + 1, digest: digestOf(parts) };
    this.#publish(parts, () => SEALED_WRITES[kind](this.#master, { changes, seal, parts }));
  }

  /** The first of the changes that is one of a single path. */
  #publishSingle(changes) {
    const single = changes.find(({ edits }) => edits.length === 1);
    if (single !== undefined) this.#publish(withChanges(this.#parts, [single]), () => writePart(this.#master, single));
  }

  #publish(parts, write) {
    const version = this.#master.version + 1;
    this.#journal.note(NOTES.begun, version, digestOf(parts), 0, now());
    this.#own = true;
    try {
      write();
      this.#parts = parts;
    } catch (error) {
      if (!NO_SPACE.includes(error.code)) throw error;
      this.#journal.note(NOTES.refused, version, 0, 0, now());
      this.#short = true;
      return;
    } finally {
      this.#own = false;
    }
    if (this.#master.version !== version)
      throw new Error(`a write published version ${this.#master.version}, not ${version}`);
  }

  #beRefused([code, write]) {
    if (code === 'ERR_SCHEMA' && !this.#options.validated) return;
    const { version } = this.#master;
    this.#own = true;
    const outcome = codeOf(() => write(this.#master));
    this.#own = false;
    if (outcome !== code && !NO_SPACE.includes(outcome))
      throw new Error(`a write that had to be refused (${code}) came to ${outcome}`);
    if (this.#master.version !== version)
      throw new Error(`a refused write (${code}) published version ${this.#master.version}`);
  }

  /** The schema: it sees the document that is there when the region is opened, and each one just before it is published. Our own writes are noted already. */
  #validate(document) {
    if (REFUSED_KEY in document) return { issues: [{ message: 'this has to be refused', path: [REFUSED_KEY] }] };
    if (this.#master !== undefined && !this.#own) {
      this.#requested = document.parts;
      this.#journal.note(NOTES.begun, this.#master.version + 1, digestOf(document.parts), 0, now());
    }
    return { value: document };
  }

  #notePublished(version) {
    this.#journal.note(NOTES.published, version, 0, 0, now());
    if (!this.#own) this.#parts = { ...this.#requested };
  }

  /** Who started us has ended. */
  #leaveIfAlone() {
    if (process.ppid !== this.#conductor) leave();
  }

  #fail(error) {
    const kind = error.constructor === Error ? 'torn' : 'failed'; // what our own checks found, or what went wrong
    say({ kind, fault: `master ${this.#task.number} (${JSON.stringify(this.#options)}): ${error.stack}` });
    leave();
  }
}

function withChanges(before, changes) {
  const parts = { ...before };
  for (const { key, part } of changes) {
    if (part === undefined) delete parts[key];
    else parts[key] = part;
  }
  return parts;
}

function codeOf(write) {
  try {
    write();
    return 'no error';
  } catch (error) {
    return error.code ?? error.stack;
  }
}

/** At once: a process that was forked has threads to join that it does not have. */
function leave() {
  process.kill(process.pid, 'SIGKILL');
}

/**
 * What the person sees while it runs: lines that say what happened and, on a terminal, a live table below them. Else a line a second says
 * how things stand.
 */
import { styleText } from 'node:util';
import { duration, number } from './format.mjs';
import { Table } from './table.mjs';

const FRAME_MS = 200;
const FRAMES_A_SECOND = 1000 / FRAME_MS;

export class Display {
  #out;
  #table;
  #drawnLines = 0;
  #actors = [];
  #frames = 0;
  #startedMs = performance.now();
  #timer;

  /** @param out `silent`, or the stream to write to */
  constructor(out) {
    if (out === 'silent') return;
    this.#out = out;
    if (out.isTTY && out.columns >= Table.columns && process.env.TERM !== 'dumb') this.#table = new Table();
    if (this.#table) out.write('\x1b[?25l');
    this.#timer = setInterval(() => this.#frame(), FRAME_MS);
  }

  /** Shows `actor` from now on. */
  add(actor) {
    this.#actors.push(actor);
    if (!this.#table) this.say(`${actor.role} is process ${actor.pid}`);
  }

  /** Writes a line that stays. */
  say(text, style = 'reset') {
    if (this.#out === undefined) return;
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(5);
    this.#draw(`${styleText('dim', `${seconds} s`)}  ${styleText(style, text)}\n`);
  }

  /** Takes the table away, and gives the cursor back. Idempotent. */
  close() {
    clearInterval(this.#timer);
    if (!this.#table) return;
    this.#table = undefined;
    this.#draw('\x1b[?25h');
  }

  #frame() {
    this.#table?.observe(this.#actors);
    for (const actor of this.#actors) actor.tell('look');
    if (this.#table) this.#draw('');
    else if (++this.#frames % FRAMES_A_SECOND === 0) this.#sayHowItStands();
  }

  /** Writes `text` where the table stood, and the table below it: in one piece, so that nothing flickers. */
  #draw(text) {
    const erased = this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A\x1b[J` : '';
    const lines = this.#table?.lines(this.#actors) ?? [];
    this.#drawnLines = lines.length;
    this.#out.write(erased + text + lines.map((line) => `${line}\n`).join(''));
  }

  #sayHowItStands() {
    const followers = this.#actors.filter(({ role, isRunning }) => role.startsWith('follower') && isRunning);
    const latency = followers[0]?.state.latency;
    if (latency === undefined) return;
    const versions = followers.map(({ state }) => number(state.version)).join(', ');
    this.say(`followers at ${versions}; told after ${duration(latency.p50Ms)} (p50), ${duration(latency.p99Ms)} (p99)`);
  }
}

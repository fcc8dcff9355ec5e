/** The live table: a line for each process. */
import { styleText } from 'node:util';
import { duration, maybe, number } from './format.mjs';

const WIDTHS = [8, 9, 7, 9, 9, 9];
const BARS = '▁▂▃▄▅▆▇█';
/** Versions in a frame that make the highest bar; bars are logarithmic. */
const HIGHEST_BAR = 2000;
const FRAMES = 12;
const RATE_FRAMES = 5;

export class Table {
  /** The table is drawn over itself, which goes wrong where its lines wrap. */
  static columns = 100;

  /** For each actor: when it was looked at lately, and at which version it was. */
  #sights = new Map();

  observe(actors) {
    for (const actor of actors) {
      const sights = this.#sights.get(actor) ?? [];
      this.#sights.set(
        actor,
        [...sights, { atMs: performance.now(), version: actor.state.version }].slice(-FRAMES - 1),
      );
    }
  }

  lines(actors) {
    if (actors.length === 0) return [];
    const title = row('', ['pid', 'version', 'per s', 'told p50', 'p99', 'stall']);
    const mastersFirst = actors.toSorted((a, b) => isFollower(a) - isFollower(b));
    return ['', styleText('dim', title), ...mastersFirst.map((actor) => this.#line(actor)), ''];
  }

  #line(actor) {
    const { version, latency, stallMs } = actor.state;
    const sights = actor.isRunning ? (this.#sights.get(actor) ?? []).filter((sight) => sight.version > 0) : [];
    const cells = row(actor.role, [
      String(actor.pid),
      version === 0 ? '–' : number(version),
      maybe(rateOf(sights.slice(-RATE_FRAMES - 1)), number),
      maybe(latency?.p50Ms, duration),
      maybe(latency?.p99Ms, duration),
      maybe(stallMs, duration),
    ]);
    const colour = colourOf(actor);
    return `${styleText(colour, `${cells}  ${bars(sights)}`)}  ${styleText('dim', actor.doing)}`;
  }
}

function row(role, cells) {
  return `  ${role.padEnd(11)}${cells.map((cell, i) => cell.padStart(WIDTHS[i])).join('')}`;
}

/** Versions a second. */
function rateOf(sights) {
  if (sights.length < 2) return undefined;
  const [from, to] = [sights[0], sights[sights.length - 1]];
  return ((to.version - from.version) * 1000) / (to.atMs - from.atMs);
}

/** How many versions came in each of the last frames. */
function bars(sights) {
  const counts = sights.slice(1).map(({ version }, i) => version - sights[i].version);
  const heights = counts.map((count) => (Math.log1p(count) / Math.log1p(HIGHEST_BAR)) * (BARS.length - 1));
  return heights
    .map((height) => BARS[Math.min(Math.round(height), BARS.length - 1)])
    .join('')
    .padStart(FRAMES);
}

function colourOf(actor) {
  if (actor.wasKilled) return 'red';
  if (!actor.isRunning || actor.role === 'standby') return 'dim';
  return isFollower(actor) ? 'cyan' : 'green';
}

function isFollower({ role }) {
  return role.startsWith('follower');
}

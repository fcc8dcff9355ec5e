// Memory of processes over time. Flat is: in the last quarter about what it was in the first.
import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 1000;
const LEAST_SAMPLES = 240;
/** What garbage collection, which runs when it likes, may make of the same. */
const TOLERANCE = { factor: 1.25, bytes: 16 * 2 ** 20 };

/**
 * @typedef {object} Quarters of one process, in bytes and pieces
 * @property {string} what
 * @property {number} samples
 * @property {{ residentBytes: number, privateBytes: number, mappings: number, descriptors: number }} first medians of the first quarter
 * @property {{ residentBytes: number, privateBytes: number, mappings: number, descriptors: number }} last of the last one
 * @property {boolean | undefined} flat undefined where the process was not watched for long enough
 */

export class Memory {
  /** @type {Map<string, { pid: number, samples: Quarters['first'][] }>} */
  #watched = new Map();
  #sampledAt = -Infinity;

  /** Looks at processes, by what they are, once a second. One that has been replaced by another is watched from the start. */
  sample(pids) {
    if (performance.now() - this.#sampledAt < EVERY_MS) return;
    this.#sampledAt = performance.now();
    for (const [what, pid] of Object.entries(pids)) {
      if (pid === undefined) continue;
      if (this.#watched.get(what)?.pid !== pid) this.#watched.set(what, { pid, samples: [] });
      this.#watched.get(what)?.samples.push(...look(pid));
    }
  }

  /** Returns what has come of each. @returns {Quarters[]} */
  quarters() {
    return [...this.#watched].flatMap(([what, { samples }]) => {
      if (samples.length < 4) return [];
      const quarter = Math.floor(samples.length / 4);
      const [first, last] = [medians(samples.slice(0, quarter)), medians(samples.slice(-quarter))];
      const limit = first.residentBytes * TOLERANCE.factor + TOLERANCE.bytes;
      const flat =
        samples.length < LEAST_SAMPLES
          ? undefined
          : last.residentBytes <= limit && last.descriptors <= first.descriptors + 8;
      return [{ what, samples: samples.length, first, last, flat }];
    });
  }
}

function look(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    const mappings = readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .filter((line) => line.includes('.seg')).length;
    return [
      {
        residentBytes: bytes('VmRSS'),
        privateBytes: bytes('RssAnon'),
        mappings,
        descriptors: readdirSync(`/proc/${pid}/fd`).length,
      },
    ];
  } catch {
    return []; // it has ended just now
  }
}

function medians(samples) {
  const median = (name) => samples.map((sample) => sample[name]).sort((a, b) => a - b)[Math.floor(samples.length / 2)];
  return {
    residentBytes: median('residentBytes'),
    privateBytes: median('privateBytes'),
    mappings: median('mappings'),
    descriptors: median('descriptors'),
  };
}

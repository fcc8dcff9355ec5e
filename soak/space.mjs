// How much space a region takes whose document is rewritten again and again, while others read it in every way: README's guarantees 2 and 7.
import { readdirSync, statfsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { start } from './child.mjs';

const NAME = 'space';
const LINE_BYTES = 60;
const DEADLINE_MS = 60_000;
/** Who reads once and then nothing looks twice a second. */
const IDLE_LOOKS_MS = 1200;

/**
 * @typedef {object} TenantTask
 * @property {string} name of the region
 * @property {string} dir
 * @property {string} kind of reading, see programs/tenant.mjs
 * @property {boolean} thread whether it lives in a worker thread
 *
 * @typedef {object} SpaceTask
 * @property {string} dir on a file system of its own
 * @property {string[]} kinds of readers, one process each; `kind*` lives in a worker thread
 * @property {number} documentBytes about
 * @property {() => boolean} ended asked after each rewrite
 * @property {number} [pauseMs] between rewrites
 *
 * @typedef {object} Space
 * @property {number} writes
 * @property {number} segmentBytes of the largest segment
 * @property {number} mostBytes that were taken when all had seen a version
 * @property {string[]} faults
 */

/** Rewrites a document until `ended`; each rewrite waits until all have seen the one before. @param {SpaceTask} task @returns {Promise<Space>} */
export async function rewrite({ dir, kinds, documentBytes, ended, pauseMs = 0 }) {
  const master = Master.open(NAME, { dir, initial: makeDocument(1, documentBytes) });
  const faults = [];
  const seen = new Map();
  const children = kinds.map((kind) => {
    const task = { name: NAME, dir, kind: kind.replace('*', ''), thread: kind.endsWith('*') };
    return start('tenant.mjs', task, ({ fault, version }) => {
      if (fault !== undefined) faults.push(fault);
      else seen.set(kind, version);
    });
  });
  const found = { writes: 0, segmentBytes: 0, mostBytes: 0, faults };
  const isIdle = (kind) => kind.startsWith('idle');
  try {
    await allHave(1, kinds);
    while (faults.length === 0 && !ended(found)) {
      const version = master.write(makeDocument(master.version + 1, documentBytes));
      await allHave(
        version,
        kinds.filter((kind) => !isIdle(kind)),
      );
      if (kinds.some(isIdle)) await delay(IDLE_LOOKS_MS);
      found.writes++;
      found.segmentBytes = Math.max(found.segmentBytes, ...master.sizes().map(({ sizeBytes }) => sizeBytes));
      found.mostBytes = Math.max(found.mostBytes, takenAt(dir));
      if (pauseMs > 0) await delay(pauseMs);
    }
  } catch (error) {
    faults.push(`after ${found.writes} rewrites, ${takenAt(dir)} bytes taken, ${readdirSync(dir)}: ${error.stack}`);
  } finally {
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map(({ end }) => end));
    master.close();
  }
  return found;

  async function allHave(version, those) {
    const deadline = performance.now() + DEADLINE_MS;
    while (those.some((kind) => (seen.get(kind) ?? 0) < version)) {
      if (faults.length > 0) return;
      const ended = children.find((child) => child.ended);
      if (ended !== undefined) throw new Error(`a reader ended: ${ended.how}`);
      if (performance.now() > deadline) throw new Error(`not all saw version ${version}: ${JSON.stringify([...seen])}`);
      await delay(1);
    }
  }
}

/** A document of which nothing is like the one before. */
function makeDocument(n, bytes) {
  const lines = Math.ceil(bytes / LINE_BYTES);
  return {
    n,
    fill: Array.from({ length: lines }, (_, i) => `line ${i} of document ${n}, which is not like another one `),
  };
}

function takenAt(dir) {
  const { blocks, bfree, bsize } = statfsSync(dir);
  return (blocks - bfree) * bsize;
}

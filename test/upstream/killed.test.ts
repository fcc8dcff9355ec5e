/**
 * Agents that are killed with SIGKILL at each step of a commit, and at random instants. The patches append to a list, so one that is applied twice or left out shows: whatever
 * was killed when, the document of every version is the fold of the log up to the position of that version.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { check, Follower } from '../../src/index.js';
import { appendEntry } from '../../src/upstream/log/append.js';
import type { Position } from '../../src/upstream/log/position.js';
import { openUpstream } from '../../src/upstream/open.js';
import { casesOf, isFull } from '../effort.js';
import { type Child, start } from '../unit/region/children.js';
import { KINDS, type Kind } from '../unit/region/kit.js';
import { withEngine } from './kit.js';
import { httpServer, type TestServer } from './servers.js';

const ENTRIES = 30;
const LIVES = casesOf(100);
/** The log has room for 1,000, and an agent that is killed too early has to find them in the next life. */
const ENTRIES_A_LIFE = 5;
const TIMEOUT_MS = 600_000;
/** Enough to fill segments, so that agents move to fresh ones. */
const FILLER = 'filler '.repeat(400);

interface Document {
  readonly list: readonly number[];
  readonly filler: string;
}

let server: TestServer;
let documents = 0;
const directories: string[] = [];

beforeAll(async () => {
  server = await httpServer();
});
afterAll(async () => {
  await server.close();
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** Returns the URL of a log with so many entries: a document, and patches that each append the number of the one before. */
async function logOf(entries: number): Promise<{ url: string; head: Position }> {
  const url = server.url('bucket', `doc${++documents}`).replace('poll=50', 'poll=10');
  const head = await withEngine(url, async () => append(url, { sequence: 0, id: '' }, entries));
  return { url, head };
}

async function append(url: string, head: Position, entries: number): Promise<Position> {
  const engine = await openUpstream(url);
  let at = head;
  for (let i = 0; i < entries; i++) {
    const parent = at.sequence === 0 ? null : at.id;
    const entry = { parent, kind: parent === null ? 'write' : 'patch', by: 'test', at: 1, message: '' } as const;
    const operations =
      parent === null
        ? { list: [], filler: '' }
        : [
            { op: 'add', path: '/list/-', value: at.sequence },
            { op: 'replace', path: '/filler', value: `${at.sequence} ${FILLER}` },
          ];
    at = await appendEntry(engine, entry, operations, { after: at.sequence });
  }
  await engine.close();
  return at;
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-killed-'));
  directories.push(directory);
  return directory;
}

function startAgent(kind: Kind, directory: string, url: string, crashAt = ''): Child {
  vi.stubEnv('JSONMMAP_CRASH_AT', crashAt);
  const child = start(kind, 'upstream-agent.mjs', directory, url);
  vi.unstubAllEnvs();
  return child;
}

/** Reads lines until the agent has applied `sequence`; returns them. */
async function untilApplied(child: Child, sequence: number): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) {
    lines.push(line);
    if (line === `applied ${sequence}`) return lines;
  }
  throw new Error(`the agent has ended: ${lines.join('; ')}`);
}

/** What holds of every version that can be read, and returns the newest one. */
function versionHeld(directory: string): number {
  let follower: Follower<Document>;
  try {
    follower = Follower.open<Document>('app', { dir: directory });
  } catch {
    return 0; // killed before there was a first version
  }
  for (const { version, position } of follower.history()) {
    const { list } = follower.at(version).current;
    expect(list, `version ${version}`).toEqual(Array.from({ length: (position?.sequence ?? 0) - 1 }, (_, i) => i + 1));
  }
  const { version } = follower;
  follower.close();
  return version;
}

/** The next agent goes on from there, loads nothing anew, and comes to the head of the log. */
async function nextAgentContinues(kind: Kind, directory: string, url: string, head: Position): Promise<void> {
  const before = versionHeld(directory);
  const child = startAgent(kind, directory, url);
  const isThere = newestPosition(directory) === head.sequence;
  const lines = isThere ? [] : await untilApplied(child, head.sequence);
  if (before > 0) expect(lines.filter((line) => line.startsWith('reloaded'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('refused'))).toEqual([]);
  await child.finish();
  expect(versionHeld(directory)).toBeGreaterThanOrEqual(before);
  expect(newestPosition(directory)).toBe(head.sequence);
  expect(check('app', { dir: directory }).problems).toEqual([]);
}

function newestPosition(directory: string): number {
  try {
    using follower = Follower.open('app', { dir: directory });
    return follower.history()[0]?.position?.sequence ?? 0;
  } catch {
    return 0;
  }
}

describe.each(isFull ? KINDS : KINDS.slice(0, 1))('an agent that is killed, %s', (kind) => {
  it(
    'at a step of its commits leaves the position of the document that it leaves',
    async () => {
      const { url, head } = await logOf(ENTRIES);
      const whole = newDirectory();
      const life = startAgent(kind, whole, url);
      await untilApplied(life, head.sequence);
      const steps = (await life.finish())
        .find((line) => line.startsWith('steps'))!
        .slice('steps '.length)
        .split(',');
      const names = [...new Set(steps)].filter((name) => isFull || /^(publish|switch):/.test(name));
      expect(names).toContain('publish:record');
      for (const name of names) {
        const count = steps.filter((step) => step === name).length;
        const directory = newDirectory();
        const child = startAgent(kind, directory, url, `${name}:${Math.ceil(count / 2)}`);
        if (name.startsWith('close:')) await untilApplied(child, head.sequence);
        const rest = await (name.startsWith('close:') ? child.finish() : restOf(child));
        expect(rest.join(), `${name} was reached`).not.toContain('steps');
        await nextAgentContinues(kind, directory, url, head);
      }
    },
    TIMEOUT_MS,
  );

  it(
    `at random instants, ${LIVES} times, while the log grows`,
    async () => {
      let { url, head } = await logOf(5);
      const directory = newDirectory();
      const longestLifeMs = 1.5 * (await timeToHead(kind, url, head));
      for (let life = 0; life < LIVES; life++) {
        const child = startAgent(kind, directory, url);
        const grown = append(url, head, ENTRIES_A_LIFE);
        await delay(Math.random() * longestLifeMs); // the instant is what is random
        await child.kill();
        head = await grown;
        versionHeld(directory);
      }
      await nextAgentContinues(kind, directory, url, head);
    },
    TIMEOUT_MS,
  );
});

/** How long an agent takes here from its start until it is at the head, in milliseconds. */
async function timeToHead(kind: Kind, url: string, head: Position): Promise<number> {
  const begin = performance.now();
  const child = startAgent(kind, newDirectory(), url);
  await untilApplied(child, head.sequence);
  const ms = performance.now() - begin;
  await child.kill();
  return ms;
}

/** What a child says until it is dead. */
async function restOf(child: Child): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
  return lines;
}

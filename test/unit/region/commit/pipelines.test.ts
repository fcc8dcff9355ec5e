/** One contract, three implementations: what every commit pipeline does, whenever it publishes. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Commit, CommitSource } from '../../../../src/region/commit/contract.js';
import { remove } from '../../../../src/region/removal.js';
import { RegionWriter } from '../../../../src/region/writer.js';
import { append } from '../../../programs/region-payload.mjs';
import { diskParent, newDirectory, noDisk, scratchParent } from '../kit.js';

const DAY_MS = 86_400_000;

/** Counts, and appends one payload for each write. */
class CountingSource implements CommitSource {
  readonly calls: string[] = [];
  readonly #writer: RegionWriter;
  #writes = 0;
  fails: Error | undefined;

  constructor(writer: RegionWriter) {
    this.#writer = writer;
    const { commits } = writer;
    commits.whenPublished(() => void this.calls.push(`published ${commits.publication.newest?.version}`));
  }

  write(): void {
    this.#writes++;
  }

  seal() {
    this.calls.push(`seal ${this.#writes}`);
    if (this.fails !== undefined) throw this.fails;
    if (this.#writes === 0) return undefined;
    this.#writes = 0;
    const { segment, commit } = this.#writer;
    return this.#writer.seal(segment, append(segment, (commit?.version ?? 0) + 1));
  }

  keep(commit: Commit): void {
    this.calls.push(`keep ${commit.version}`);
    this.#writer.keep(commit);
  }
}

const open: RegionWriter[] = [];
afterEach(() => {
  for (const writer of open.splice(0)) writer.close();
});

const KINDS = [
  { name: 'immediate', parent: scratchParent, options: {} },
  { name: 'durable', parent: diskParent, options: { durability: 'disk' } },
  { name: 'grouped', parent: diskParent, options: { durability: 'disk', groupMs: DAY_MS } },
] as const;

describe.each(KINDS)('$name commits', ({ name, parent, options }) => {
  const skip = name === 'immediate' ? '' : noDisk;
  const isGrouped = name === 'grouped';

  const opened = () => {
    const dir = newDirectory(parent);
    const writer = RegionWriter.open('r', { dir, ...options });
    open.push(writer);
    const source = new CountingSource(writer);
    return { dir, writer, source, commits: writer.commits };
  };

  it.skipIf(skip)(`are visible when they are flushed, in their order${skip}`, async () => {
    const { writer, source, commits } = opened();
    expect(commits.publication.newest).toBeUndefined();
    for (let version = 1; version <= 3; version++) {
      source.write();
      commits.commit(source);
      expect(commits.publication.newest?.version ?? 0).toBe(isGrouped ? version - 1 : version);
      await commits.flush();
      expect(commits.publication.newest).toEqual(writer.commit);
      expect(commits.publication.newest?.version).toBe(version);
    }
    expect(source.calls.filter((call) => call.startsWith('published')).length).toBe(isGrouped ? 3 : 0);
  });

  it.skipIf(skip)(`are visible when they are settled${skip}`, () => {
    const { source, commits } = opened();
    source.write();
    commits.commit(source);
    commits.settle();
    expect(commits.publication.newest?.version).toBe(1);
    expect(source.calls.slice(0, 2)).toEqual(['seal 1', 'keep 1']);
  });

  it.skipIf(skip)(`publish nothing where nothing was written${skip}`, async () => {
    const { source, commits } = opened();
    commits.commit(source);
    await commits.flush();
    commits.settle();
    expect(commits.publication.newest).toBeUndefined();
    expect(source.calls.filter((call) => call.startsWith('keep'))).toEqual([]);
  });

  it.skipIf(skip)(`fail as their source does, and keep nothing${skip}`, async () => {
    const { source, commits } = opened();
    const failure = new Error('no seal');
    source.fails = failure;
    const commitAndFlush = async () => {
      commits.commit(source);
      await commits.flush();
    };
    await expect(commitAndFlush()).rejects.toBe(failure);
    expect(source.calls).toEqual(['seal 0']);
    if (isGrouped) expect(() => commits.check()).toThrow(failure);
    else commits.check();
    open.pop();
  });

  it.skipIf(skip)(`say that the region was lost${skip}`, async () => {
    const { dir, source, commits } = opened();
    source.write();
    remove('r', { dir, force: true });
    const commitAndFlush = async () => {
      commits.commit(source);
      await commits.flush();
    };
    await expect(commitAndFlush()).rejects.toMatchObject({ code: 'ERR_FENCED' });
    expect(commits.publication.newest).toBeUndefined();
    open.pop();
  });
});

describe.skipIf(noDisk)(`grouped commits${noDisk}`, () => {
  const opened = (groupMs: number) => {
    const writer = RegionWriter.open('r', { dir: newDirectory(diskParent), durability: 'disk', groupMs });
    open.push(writer);
    return { writer, source: new CountingSource(writer), commits: writer.commits };
  };

  it('share one version, and those who ask in one turn share one flush', async () => {
    const { source, commits } = opened(DAY_MS);
    for (let i = 0; i < 3; i++) {
      source.write();
      commits.commit(source);
    }
    const flushes = [commits.flush(), commits.flush()];
    expect(flushes[0]).toBe(flushes[1]);
    await flushes[0];
    expect(source.calls).toEqual(['seal 3', 'keep 1', 'published 1']);
  });

  it('form the next group while one is being secured', async () => {
    const { source, commits } = opened(DAY_MS);
    source.write();
    commits.commit(source);
    const first = commits.flush();
    while (!source.calls.includes('keep 1')) await new Promise(setImmediate);
    source.write();
    commits.commit(source);
    const second = commits.flush();
    await first;
    expect(commits.publication.newest?.version).toBe(1);
    await second;
    expect(commits.publication.newest?.version).toBe(2);
  });

  it('are published in the foreground by settle, those on their way first', async () => {
    const { source, commits } = opened(DAY_MS);
    source.write();
    commits.commit(source);
    const first = commits.flush();
    while (!source.calls.includes('keep 1')) await new Promise(setImmediate);
    source.write();
    commits.commit(source);
    commits.settle();
    expect(commits.publication.newest?.version).toBe(2);
    await first;
    expect(commits.publication.newest?.version).toBe(2);
  });

  it('do not wait longer than they may', async () => {
    const { source, commits } = opened(1);
    source.write();
    commits.commit(source);
    await expect.poll(() => commits.publication.newest?.version).toBe(1);
  });
});

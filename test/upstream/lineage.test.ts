/** A log that is not read as a whole, because the replicas of a cluster are not alike: nothing is taken for what it is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UpstreamEngine } from '../../src/upstream/contract.js';
import { appendEntry } from '../../src/upstream/log/append.js';
import { LogDocument } from '../../src/upstream/log/document.js';
import type { Entry } from '../../src/upstream/log/entry.js';
import { whyApart } from '../../src/upstream/log/lineage.js';
import type { Position } from '../../src/upstream/log/position.js';
import { foundIn } from '../../src/upstream/log/walk.js';
import { openUpstream } from '../../src/upstream/open.js';
import { push } from '../../src/upstream/push.js';
import { forgetBefore } from './retention.js';
import { httpServer, type TestServer } from './servers.js';

let server: TestServer;
let engine: UpstreamEngine;
let url: string;
let documents = 0;
const positions: Position[] = [];

beforeAll(async () => {
  server = await httpServer();
});
afterAll(() => server.close());

beforeEach(async () => {
  url = server.url('bucket', `lineage${++documents}`);
  engine = await openUpstream(url);
  positions.length = 0;
  for (let n = 0; n < 4; n++) positions.push(await push(engine, { n, list: Array(20).fill('unchanged') }));
  return () => engine.close();
});

const behind = expect.objectContaining({ code: 'ERR_UPSTREAM', behind: true });

/** A replica that lacks an entry for good: only who orders the writes has it. */
function lacking(missing: number): UpstreamEngine {
  const read: UpstreamEngine['read'] = async (from, limit, surely) => {
    const entries = await engine.read(from, limit);
    return surely ? entries : entries.filter(({ sequence }) => sequence !== missing);
  };
  return new Proxy(engine, {
    get: (target, name) => {
      const value = name === 'read' ? read : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const entryAt = async ({ sequence }: Position): Promise<Entry> => {
  const [stored] = await engine.read(sequence, 1);
  return foundIn(stored).entry as Entry;
};

describe('a document', () => {
  it.each([0, 1, 2])('is made of all entries, though a replica lacks entry %i', async (index) => {
    const document = await LogDocument.at(lacking(positions[index].sequence));
    expect(document.value).toMatchObject({ n: 3 });
    expect(document.position).toMatchObject({ sequence: positions[3].sequence });
    document.close();
  });
});

describe('an entry that does not follow from where its reader is', () => {
  it('was read too early where there is one in between', async () => {
    const late = await entryAt(positions[3]);
    await expect(whyApart(engine, positions[1], late, positions[1].sequence + 1)).rejects.toEqual(behind);
  });

  it('was read too late where the log does not have the position any more', async () => {
    const late = await entryAt(positions[3]);
    await forgetBefore(url, positions[2].sequence);
    await expect(whyApart(engine, positions[0], late, positions[0].sequence + 1)).rejects.toEqual(behind);
  });

  it('has lost where both follow the same one, and is a stranger where nothing here does', async () => {
    const head = positions[3];
    const parents = { beaten: positions[2].id, stranger: 'c'.repeat(64) } as const;
    let after = head.sequence;
    for (const [why, parent] of Object.entries(parents)) {
      const entry = { parent, kind: 'write' as const, by: 'test', at: 1, message: '' };
      const appended = await appendEntry(engine, entry, { n: -1 }, { after });
      expect(await whyApart(engine, head, await entryAt(appended), appended.sequence)).toBe(why);
      after = appended.sequence;
    }
  });
});

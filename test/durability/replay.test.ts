/**
 * The power fails at every instant of a master's life, and of every block that was not synced any state may be on the disk: what comes back is the
 * last version that was acknowledged, or the one that was being published, whole, for followers and for the next master (I13 to I16).
 *
 * JSONMMAP_REPLAY=<factor> looks at about as many times as many images; JSONMMAP_SEED=<number> repeats a run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeKinds, KINDS, scratchParent } from '../unit/region/kit.js';
import { type Library, load } from './library.js';
import { Life } from './life.js';
import { machine } from './machine.js';
import { lookAtAll } from './power-loss.js';
import type { SyncKind, SyncRule } from './recorder.js';

vi.mock('node:fs', async (importOriginal) => {
  const { recordedFs } = await import('./recorder.js');
  const { machine: lit } = await import('./machine.js');
  return recordedFs(await importOriginal(), () => lit.recorder);
});
vi.mock('../../src/system/boot.js', async () => {
  const { machine: lit } = await import('./machine.js');
  return { bootMark: () => (lit.bootsAreTold ? lit.boot : 1) };
});

vi.mock('../../src/system/process.js', async (importOriginal) => {
  const { machine: lit } = await import('./machine.js');
  const self = () => ({ pid: process.pid, startTime: lit.deaths, namespace: 0 });
  const isAlive = ({ startTime }: { startTime: number }) => startTime === lit.deaths;
  const whereabouts = (holding: { startTime: number }) => (isAlive(holding) ? 'alive' : 'dead');
  return { ...(await importOriginal<object>()), self, isAlive, whereabouts };
});

const TIMEOUT_MS = 1_800_000;
const LAYOUT = '../../src/region/files/layout.js';

beforeEach(() => {
  machine.parent = mkdtempSync(join(scratchParent, 'jsonmmap-replay-'));
});

afterEach(() => {
  machine.recorder?.close();
  Object.assign(machine, { recorder: undefined, boot: 1, bootsAreTold: true });
  vi.doUnmock(LAYOUT);
  rmSync(machine.parent, { recursive: true, force: true });
});

/** Creation, growth and compactions. */
function longLife(library: Library, rule?: SyncRule): Life {
  const life = new Life(library, rule).open().publish().publish().publish(3000);
  for (let i = 0; i < 5; i++) life.publish(70_000);
  return life.publish().publish(10).end();
}

function killedInCompaction(library: Library, steps: string, rule?: SyncRule): Life {
  const life = new Life(library, rule).open({ history: 1 }).publish();
  const publishUntilKilled = () => {
    for (let i = 0; i < 10; i++) life.publish(70_000);
  };
  return life.die(steps, publishUntilKilled).open({ history: 1 }).publish().end();
}

describeKinds('power loss', (kind) => {
  let library: Library;
  beforeEach(async () => {
    library = await load(kind);
  });

  const expectSound = (life: Life): void => {
    const { images, wrong } = lookAtAll(library, life);
    expect(wrong).toBeUndefined();
    expect(images).toBeGreaterThan(20);
  };

  it('from creation to compaction', { timeout: TIMEOUT_MS }, () => expectSound(longLife(library)));

  it('after a region that was not durable has become so', { timeout: TIMEOUT_MS }, () => {
    const life = new Life(library).open({ durability: 'none' }).publish().publish();
    life.master.close();
    life.open().moments.length = 0;
    expectSound(life.publish().publish().end());
  });

  it('after a region whose master was killed becomes durable', { timeout: TIMEOUT_MS }, () => {
    const life = new Life(library).open({ durability: 'none' }).publish();
    life.die('publish:record', () => life.publish()).open().moments.length = 0;
    expectSound(life.publish().publish().end());
  });

  it('while it is removed', { timeout: TIMEOUT_MS }, () => {
    expectSound(new Life(library).open().publish().publish().remove().end());
  });

  it('under groups', { timeout: TIMEOUT_MS }, async () => {
    const life = new Life(library).open({ groupMs: 1000 });
    for (const writes of [1, 5, 20]) await life.group(writes);
    expectSound(life.end());
  });

  it.each([
    ...['publish:nodes', 'slot:half', 'slot:stored', 'slot:synced', 'publish:half-record', 'publish:record'],
    ...['publish:version', 'publish:notified'],
  ])('after a master that was killed at %s of a publish', { timeout: TIMEOUT_MS }, (step) => {
    const life = new Life(library).open().publish();
    life.die(step, () => life.publish(5000));
    expectSound(life.open().publish(5000).end());
  });

  it.each([
    ...['segment:temporary', 'segment:created', 'segment:created slot:half', 'segment:created slot:stored'],
    ...['segment:created slot:synced', 'switch:published', 'switch:unlinked'],
  ])('after a master that was killed at %s of a compaction', { timeout: TIMEOUT_MS }, (steps) => {
    expectSound(killedInCompaction(library, steps));
  });

  it.each(['takeover:half-claimed', 'takeover:claimed', 'takeover:restored', 'takeover:ready'])(
    'after a master that was killed, and another that was killed at its %s',
    { timeout: TIMEOUT_MS },
    (step) => {
      const life = new Life(library).open().publish();
      life.die('slot:stored', () => life.publish()).die(step, () => life.open());
      expectSound(life.open().publish().end());
    },
  );
});

/** The proof of the proof. */
describe('what is found:', () => {
  let library: Library;
  beforeEach(async () => {
    library = await load(KINDS[0]);
  });

  const without =
    (left: SyncKind): SyncRule =>
    (kind) =>
      kind === left ? 'lies' : 'works';
  const expectFound = (life: Life): void => expect(lookAtAll(library, life).wrong).toBeDefined();

  it.each(['segment', 'control', 'new file', 'directory'] as const)('no sync of: %s', { timeout: TIMEOUT_MS }, (kind) =>
    expectFound(longLife(library, without(kind))),
  );

  it('no sync of: mark of a removal', { timeout: TIMEOUT_MS }, () => {
    expectFound(new Life(library, without('mark of a removal')).open().publish().remove().end());
  });

  it('nodes that are synced no sooner than their commit slot', { timeout: TIMEOUT_MS }, () => {
    const rules: Partial<Record<SyncKind, ReturnType<SyncRule>>> = { segment: 'lies', control: 'makes up' };
    expectFound(longLife(library, (kind) => rules[kind] ?? 'works'));
  });

  it('a takeover that unlinks what an older commit slot needs', { timeout: TIMEOUT_MS }, () => {
    let life: Life | undefined;
    const rule: SyncRule = () => (life?.takingOver ? 'lies' : 'works');
    life = new Life(library, rule).open({ history: 1 }).publish();
    life.die('segment:created slot:stored', () => {
      for (let i = 0; i < 10; i++) life?.publish(70_000);
    });
    expectFound(life.open({ history: 1 }).end());
  });

  it('a follower that believes the ring before a master has restored it', { timeout: TIMEOUT_MS }, () => {
    machine.bootsAreTold = false;
    expectFound(longLife(library));
  });

  it('one commit slot only, overwritten in its place', { timeout: TIMEOUT_MS }, async () => {
    vi.doMock(LAYOUT, async (original) => ({ ...(await original<object>()), COMMIT_SLOTS: 1 }));
    library = await load(KINDS[0]);
    expectFound(longLife(library));
  });
});

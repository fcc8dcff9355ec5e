// A follower that reads in one way and says each version that it has seen; what it lets go of, it lets go of as a program does that never heard of
// memory. Runs until its input ends.
// node tenant.mjs <task as JSON>
import { createInterface } from 'node:readline';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Follower } from 'jsonmmap';
import { say } from './say.mjs';

/** @type {import('../space.mjs').TenantTask} */
const task = isMainThread ? JSON.parse(process.argv[2]) : workerData;
/** How many versions the holder keeps its snapshot for. */
const HELD_FOR = 10;

const KINDS = {
  listener: (follower, saw) => follower.on('change', ({ version }) => saw(version)),
  patches: (follower, saw) =>
    follower.on('change', ({ version, patch }) => {
      insist(patch.length > 0, 'an empty patch');
      saw(version);
    }),
  current: (follower, saw) => follower.on('change', () => saw(follower.current.n)),
  get: (follower, saw) => follower.on('change', () => saw(follower.get('/n'))),
  selection: (follower, saw) => follower.select('/n').on('change', ({ value }) => saw(value)),
  async iterator(follower, saw) {
    for await (const { version } of follower.changes()) saw(version);
  },
  /** Drops what it was handed out: only the engine can tell. */
  views: (follower, saw) => follower.on('change', () => saw(follower.view.n)),
  snapshots: (follower, saw) => follower.on('change', ({ snapshot }) => saw(snapshot.get('/n'))),
  /** Holds one snapshot, and looks at each version whether it still says what it said. */
  holder(follower, saw) {
    let held = follower.snapshot();
    follower.on('change', ({ version }) => {
      insist(held.get('/n') === held.version, 'the snapshot of one version shows another');
      insist(held.get(`/fill/${held.version % 100}`).includes(` ${held.version},`), 'a snapshot has changed');
      saw(version);
      if (version < held.version + HELD_FOR) return;
      held.close();
      held = follower.snapshot();
    });
  },
  /** Reads once, and then nothing for ever. */
  idle: (follower) => void follower.current,
};

if (isMainThread && task.thread) {
  new Worker(new URL(import.meta.url), { workerData: task }).on('error', (error) => {
    say({ fault: String(error.stack) });
    process.exit(1);
  });
} else {
  const follower = Follower.open(task.name, { dir: task.dir }).ref(); // a thread has nothing else that keeps it
  follower.on('error', (error) => say({ fault: `${task.kind}: ${error.stack}` }));
  void KINDS[task.kind](follower, (version) => say({ kind: task.kind, version }));
  say({ kind: task.kind, version: follower.version });
}
if (isMainThread) createInterface({ input: process.stdin }).on('close', () => process.exit());

function insist(condition, otherwise) {
  if (!condition) throw new Error(`${task.kind}: ${otherwise}`);
}

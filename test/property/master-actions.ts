/** Random writes of every kind: each does to a master what it does to a plain value. */
import fc from 'fast-check';
import type { JsonPatch, JsonPatchOperation, Master } from '../../src/index.js';
import { applyPatch, isContainer, json, mergePatch, own, pointer, set } from '../unit/master/reference.js';
import { key, nasty } from './nasty.js';

/** One write. */
export interface Action {
  readonly name: string;
  /** Writes to `master`, and returns what the document should be then. */
  run(master: Master, model: unknown): unknown;
  toString(): string;
}

/** A path in whatever the document is at that time: each number picks a child of the one before. */
type Picks = readonly number[];

const picks: fc.Arbitrary<Picks> = fc.array(fc.nat(5000), { maxLength: 4 });
/** Enough of a write to recognise it by; the seed has the rest. */
const SHOWN_LENGTH = 200;
/** What JSON has a value for. */
const storable = nasty.filter(isStorable);
const plain = storable.map(json);

/** A `toJSON` may be a class, which cannot be called. */
function isStorable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function walk(model: unknown, picked: Picks): string[] {
  const tokens: string[] = [];
  let value = model;
  for (const pick of picked) {
    const keys = isContainer(value) ? Object.keys(value) : [];
    if (keys.length === 0) break;
    const token = keys[pick % keys.length];
    tokens.push(token);
    value = own(value as Record<string, unknown>, token);
  }
  return tokens;
}

/** The path of a container. */
function containerAt(
  model: unknown,
  picked: Picks,
): { path: string[]; container: Record<string, unknown> | unknown[] } {
  const path = walk(model, picked);
  for (;;) {
    const container = path.reduce((value, token) => own(value as never, token), model);
    if (isContainer(container)) return { path, container };
    path.pop();
  }
}

/** A path that may lead nowhere yet: a new key, the end of an array. */
function newPath(model: unknown, picked: Picks, name: string): string[] {
  const { path, container } = containerAt(model, picked);
  return [...path, Array.isArray(container) ? '-' : name];
}

function action<A extends unknown[]>(
  name: string,
  parts: { [K in keyof A]: fc.Arbitrary<A[K]> },
  run: (master: Master, model: unknown, ...parts: A) => unknown,
): fc.Arbitrary<Action> {
  return fc.tuple(...parts).map((values) => ({
    name,
    run: (master, model) => run(master, model, ...(values as A)),
    toString: () => `${name}(${fc.stringify(values).slice(0, SHOWN_LENGTH)})`,
  }));
}

const write = action('write', [storable.filter((value) => isContainer(json(value)))], (master, _, value) => {
  master.write(value);
  return json(value);
});

/** A document read from a file again, with a few differences: most of it is reused. */
const rewrite = action('rewrite', [fc.array(fc.tuple(picks, plain), { maxLength: 3 })], (master, model, changes) => {
  const copy = changes.reduce<unknown>((value, [picked, changed]) => set(value, walk(value, picked), changed), model);
  const document = isContainer(copy) ? copy : { copy };
  master.write(structuredClone(document));
  return document;
});

const setExisting = action('set', [picks, storable], (master, model, picked, value) => {
  const path = walk(model, picked);
  if (path.length === 0) return model;
  master.set(pointer(path), value);
  return set(model, path, value);
});

const setNew = action(
  'set new',
  [picks, fc.array(key, { minLength: 1, maxLength: 3 }), storable],
  (master, model, picked, names, value) => {
    const path = [...newPath(model, picked, names[0]), ...names.slice(1)];
    try {
      master.set(path, value);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_PATH_NOT_FOUND') throw error;
      return model; // a scalar stands on the way
    }
    return set(model, path, value);
  },
);

const remove = action('delete', [picks], (master, model, picked) => {
  const path = walk(model, picked);
  if (path.length === 0) return model;
  master.delete(path);
  return applyPatch(model, [{ op: 'remove', path: pointer(path) }]);
});

const operation = fc.record({ op: fc.nat(5), at: picks, from: picks, name: key, value: plain });

/** A patch that can be applied: each operation is made for what the ones before leave. */
function patchFor(model: unknown, wanted: readonly (typeof operation extends fc.Arbitrary<infer O> ? O : never)[]) {
  const operations: JsonPatchOperation[] = [];
  let document = model;
  for (const { op, at, from, name, value } of wanted) {
    const existing = pointer(walk(document, at));
    const next = operationOf(op, document, {
      existing,
      fresh: pointer(newPath(document, at, name)),
      source: pointer(walk(document, from)),
      value,
    });
    if (next === undefined) continue;
    document = applyPatch(document, [next]);
    operations.push(next);
  }
  return { operations, document };
}

function operationOf(
  op: number,
  document: unknown,
  { existing, fresh, source, value }: { existing: string; fresh: string; source: string; value: unknown },
): JsonPatchOperation | undefined {
  const inside = `${existing}/`.startsWith(`${source}/`);
  if (op === 0) return { op: 'add', path: fresh, value };
  if (op === 1) return existing === '' ? undefined : { op: 'add', path: existing, value };
  if (op === 2) return existing === '' ? undefined : { op: 'remove', path: existing };
  if (op === 3) return existing === '' ? undefined : { op: 'replace', path: existing, value };
  // Where the value is taken away first, the target may be gone.
  if (op === 4)
    return inside || source === '' || !canMove(document, source, existing)
      ? undefined
      : { op: 'move', from: source, path: existing };
  return JSON.stringify(document).length > 1_000_000 ? undefined : { op: 'copy', from: source, path: fresh };
}

function canMove(document: unknown, from: string, path: string): boolean {
  try {
    return isContainer(applyPatch(document, [{ op: 'move', from, path }]));
  } catch {
    return false;
  }
}

const patch = action('patch', [fc.array(operation, { minLength: 1, maxLength: 4 })], (master, model, wanted) => {
  const { operations, document } = patchFor(model, wanted);
  if (operations.length > 0) master.patch(operations as JsonPatch);
  return document;
});

const merge = action(
  'merge',
  [
    fc.dictionary(key, fc.oneof(plain, fc.constant(null), fc.dictionary(key, plain, { maxKeys: 3 })), { maxKeys: 4 }),
    picks,
  ],
  (master, model, changes, picked) => {
    const path = walk(model, picked);
    // Half of the keys are those that stand there.
    const deep = path.reduceRight<unknown>((value, token) => ({ [token]: value }), changes);
    const merged = Array.isArray(model) ? changes : deep;
    master.merge(merged);
    return mergePatch(model, json(merged));
  },
);

type Draft = Record<string, unknown> | unknown[];
/** A value in a draft, which traps reads but not the looking up of properties. */
function draftAt(document: Draft, picked: Picks): Draft {
  let at = document;
  for (const pick of picked) {
    const keys = Object.keys(at);
    const key = keys[pick % Math.max(1, keys.length)];
    const next = key === undefined || key === '__proto__' ? undefined : (at as Record<string, unknown>)[key];
    if (!isContainer(next)) return at;
    at = next;
  }
  return at;
}

const recipes: ((at: Draft, name: string, value: unknown) => void)[] = [
  (at, name, value) => assign(at, Array.isArray(at) ? String(at.length) : name, value),
  (at, _, value) => {
    const [first] = Object.keys(at);
    if (first !== undefined) assign(at, first, value);
  },
  (at) => {
    const last = Object.keys(at).at(-1);
    if (last === undefined) return;
    if (Array.isArray(at)) at.pop();
    else delete at[last];
  },
  (at, _, value) => {
    if (Array.isArray(at)) at.splice(at.length >> 1, 1, value, value);
  },
  (at) => {
    if (Array.isArray(at)) at.reverse();
  },
  (at) => {
    if (Array.isArray(at)) at.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  },
  (at) => {
    if (Array.isArray(at)) at.length = at.length >> 1;
  },
  (at, _, value) => {
    if (Array.isArray(at)) at.unshift(value);
  },
  (at, name) => {
    if (!Array.isArray(at)) assign(at, name, [new Date(0), undefined, { gone: undefined, map: new Map([[1, 2]]) }]);
  },
];

/** A draft traps assignment, not the definition of properties. */
function assign(at: Draft, name: string, value: unknown): void {
  if (name !== '__proto__') (at as Record<string, unknown>)[name] = value;
}

const update = action(
  'update',
  [fc.array(fc.tuple(fc.nat(recipes.length - 1), picks, key, plain), { minLength: 1, maxLength: 3 })],
  (master, model, steps) => {
    const recipe = (document: unknown) => {
      for (const [which, picked, name, value] of steps) {
        recipes[which](draftAt(document as Draft, picked), name, structuredClone(value));
      }
    };
    master.update(recipe);
    const copy = structuredClone(model);
    recipe(copy);
    return json(copy);
  },
);

/** Enough garbage for a compaction every few times. */
const churn = action('churn', [fc.nat(60_000)], (master, model, size) => {
  const value = 'x'.repeat(70_000 + size);
  const path = Array.isArray(model) ? '/0' : '/churn';
  master.set(path, value);
  return set(model, path, value);
});

const single: fc.Arbitrary<Action> = fc.oneof(
  { weight: 1, arbitrary: write },
  { weight: 3, arbitrary: rewrite },
  { weight: 4, arbitrary: setExisting },
  { weight: 4, arbitrary: setNew },
  { weight: 4, arbitrary: remove },
  { weight: 4, arbitrary: patch },
  { weight: 3, arbitrary: merge },
  { weight: 4, arbitrary: update },
  { weight: 2, arbitrary: churn },
);

class Abandoned extends Error {}

const transaction = action(
  'transaction',
  [fc.array(single, { maxLength: 4 }), fc.constantFrom('commits', 'throws', 'nested')],
  (master, model, actions, ending) => {
    let inside = model;
    const body = () => {
      for (const { run } of actions) inside = run(master, inside);
      if (ending === 'throws') throw new Abandoned();
    };
    try {
      master.transaction(ending === 'nested' ? () => master.transaction(body) : body);
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      return model;
    }
    return inside;
  },
);

/** Values that JSON refuses, at the end of a value that it takes. */
const refused = action('refused', [picks, plain, fc.boolean()], (master, model, picked, value, isCycle) => {
  const bad: unknown[] = [value, { deep: value }];
  bad.push(isCycle ? bad : 1n);
  const path = walk(model, picked);
  try {
    master.set(path, bad);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_NOT_SERIALIZABLE') return model;
    throw error;
  }
  throw new Error('a value without JSON was stored');
});

/** Any write. */
export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 9, arbitrary: single },
  { weight: 2, arbitrary: transaction },
  { weight: 1, arbitrary: refused },
);

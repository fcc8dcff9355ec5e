/** The checker of histories finds each kind of fault in forged ones, in whatever order the notes come, and nothing in honest ones. */
import { beforeEach, describe, expect, it } from 'vitest';
import { History } from '../../soak/history.mjs';

const DIGEST = (version: number): number => 1000 + version;
const UNKNOWN = Number.NaN;

let history: History;
let reader: number;
let other: number;
let nextMaster: number;
beforeEach(() => {
  history = new History();
  reader = history.witness({ name: 'follower 1', master: false });
  other = history.witness({ name: 'follower 2', master: false });
  nextMaster = history.witness({ name: 'master 2', master: true });
});

/** Version `v` takes from 10v to 10v + 4. */
function publish(first: number, last = first, by = 1): void {
  for (let version = first; version <= last; version++) {
    history.begun(by, version, DIGEST(version), version * 10);
    history.published(by, version, version * 10 + 4);
  }
}

function look(witness: number, version: number, begin: number, end = begin + 1, digest = DIGEST(version)): void {
  history.saw(witness, { version, digest, begin, end });
}

const kinds = (): string[] => history.faults.map(({ kind }) => kind);

/** Says the same in every order. */
function inEveryOrder(notes: readonly (() => void)[], expected: readonly string[]): void {
  for (const order of permutations(notes)) {
    history = new History();
    for (const [name, master] of [
      ['follower 1', false],
      ['follower 2', false],
      ['master 2', true],
    ] as const) {
      history.witness({ name, master });
    }
    for (const note of order) note();
    expect([...new Set(kinds())]).toEqual(expected);
  }
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((head, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [head, ...rest]));
}

describe('an honest history', () => {
  it('of looks at what stands has no fault', () => {
    publish(1, 3);
    look(reader, 1, 15);
    look(reader, 2, 25, 29);
    look(other, 3, 35);
    expect(history.faults).toEqual([]);
    expect(history.newest).toBe(3);
  });

  it('lets a look that runs beside a publish see the old version or the new one', () => {
    publish(1, 2);
    look(reader, 1, 21, 23);
    look(other, 2, 21, 23);
    look(reader, 1, 22, 28);
    expect(history.faults).toEqual([]);
  });

  it('lets a version that was begun by a master that was killed appear', () => {
    publish(1);
    history.begun(1, 2, DIGEST(2), 20);
    look(nextMaster, 2, 30);
    look(reader, 2, 31);
    expect(history.faults).toEqual([]);
  });

  it('lets it not appear, and the next master publish another of that number', () => {
    publish(1);
    history.begun(1, 2, 77, 20);
    look(nextMaster, 1, 30);
    history.begun(2, 2, DIGEST(2), 40);
    history.published(2, 2, 44);
    look(reader, 2, 45);
    expect(history.faults).toEqual([]);
  });

  it('lets events come late, and old versions be looked at', () => {
    publish(1, 9);
    look(reader, 9, 95);
    look(reader, 3, Number.NEGATIVE_INFINITY, 96);
    history.sawOld(reader, 2, DIGEST(2));
    expect(history.faults).toEqual([]);
  });

  it('lets looks that did not see all of a version be without a digest', () => {
    publish(1);
    look(reader, 1, 15, 16, UNKNOWN);
    look(reader, 1, 17);
    expect(history.faults).toEqual([]);
  });
});

describe('backwards', () => {
  it('is a look that began after a newer version was answered', () => {
    const notes = [() => publish(1, 2), () => look(reader, 1, 25, 26, UNKNOWN)];
    inEveryOrder(notes, ['backwards']);
  });

  it('is a reader that saw a newer version before, though its master never had an answer', () => {
    publish(1);
    history.begun(1, 2, DIGEST(2), 20);
    look(reader, 2, 21, 22);
    look(reader, 1, 23);
    expect(kinds()).toEqual(['backwards']);
  });

  it('is a reader behind another one, in whatever order they are heard', () => {
    inEveryOrder(
      [
        () => {
          publish(1);
          history.begun(1, 2, DIGEST(2), 20);
        },
        () => look(other, 2, 21, 22, UNKNOWN),
        () => look(reader, 1, 23, 24, UNKNOWN),
      ],
      ['backwards'],
    );
  });

  it('is found over many versions', () => {
    publish(1, 50);
    look(reader, 7, 505);
    expect(kinds()).toEqual(['backwards']);
    expect(history.faults[0].message).toContain('follower 1 saw version 7');
  });
});

describe('lost', () => {
  it('is a version that was answered, and the next master does not know', () => {
    publish(1, 2);
    look(nextMaster, 1, 30);
    expect(kinds()).toContain('lost');
  });

  it('is a version that was seen, and the next master does not know', () => {
    publish(1);
    history.begun(1, 2, DIGEST(2), 20);
    look(reader, 2, 21, 22);
    look(nextMaster, 1, 30);
    expect(kinds()).toEqual(['lost']);
  });

  it('is a version that is begun again after it was visible', () => {
    publish(1, 2);
    history.begun(2, 2, 77, 30);
    expect(kinds()).toEqual(['lost']);
  });

  it('is that too when it is heard the other way round', () => {
    publish(1);
    history.begun(1, 2, DIGEST(2), 20);
    history.begun(2, 2, 77, 30);
    look(reader, 2, 24, 25);
    expect(kinds()).toEqual(['lost']);
  });
});

describe('torn', () => {
  it('is a digest that nobody began', () => {
    publish(1, 2);
    look(reader, 2, 25, 26, 4711);
    expect(kinds()).toEqual(['torn']);
  });

  it('is a version that nobody began', () => {
    publish(1);
    look(reader, 2, 25);
    expect(kinds()).toEqual(['torn']);
  });

  it('is a version with two documents, each of them begun', () => {
    history.begun(1, 1, 11, 10);
    history.begun(2, 1, 12, 20);
    look(reader, 1, 30, 31, 11);
    look(other, 1, 30, 31, 12);
    expect(kinds()).toEqual(['torn']);
  });

  it('is a write that was refused, and seen', () => {
    publish(1);
    history.begun(1, 2, DIGEST(2), 20);
    history.refused(1, 2);
    look(reader, 2, 25);
    expect(kinds()).toEqual(['torn']);
  });

  it('is the document of a dead master under a version that the next one published', () => {
    publish(1);
    history.begun(1, 2, 77, 20);
    history.begun(2, 2, DIGEST(2), 30);
    history.published(2, 2, 34);
    look(reader, 2, 35, 36, 77);
    expect(kinds()).toEqual(['torn']);
  });

  it('is an old version that has become another', () => {
    publish(1, 5);
    history.sawOld(reader, 3, DIGEST(4));
    expect(kinds()).toEqual(['torn']);
  });
});

it('a version that was seen before it was begun is a fault', () => {
  history.begun(1, 1, DIGEST(1), 10);
  look(reader, 1, 5, 6);
  expect(kinds()).toEqual(['lost']);
});

it('counts all faults, and keeps the first', () => {
  publish(1, 200);
  for (let version = 1; version <= 100; version++) look(reader, version, 3000);
  expect(history.counts).toEqual({ torn: 0, backwards: 100, lost: 0 });
  expect(history.faults).toHaveLength(50);
});

it('finds a fault among many versions, long after they were settled', () => {
  publish(1, 100_000);
  look(reader, 100_000, 1_000_010);
  look(other, 10, 1_000_020);
  expect(kinds()).toEqual(['backwards']);
});

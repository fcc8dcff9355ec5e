/** `ObjectMmap` within one process; between processes and languages it is tested in test/interop. */
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { casesOf } from '../../effort.js';
import { describeSystems } from '../../mmap-systems.js';
import { scratchDirectory } from './scratch.js';

describeSystems('ObjectMmap', (load) => {
  const scratch = scratchDirectory();
  let module: Awaited<ReturnType<typeof load>>;

  beforeAll(async () => {
    module = await load();
  });
  const master = (length = 1024) => new module.ObjectMmap(-1, length);
  const follower = (length = 1024) => new module.ObjectMmap(-1, length, { access: 'read' });
  const file = () => join(scratch.path, 'share_mmap.mmap');

  it('maps 1024 bytes named share_mmap by default, and is a Mmap', () => {
    using shared = new module.ObjectMmap();
    expect(shared).toBeInstanceOf(module.Mmap);
    expect([shared.path, shared.length, statSync(file()).size]).toEqual([file(), 1024, 1024]);
  });

  it('takes another tagname, or a descriptor', () => {
    using named = new module.ObjectMmap(-1, 100, { tagname: 'other' });
    expect(named.path).toBe(join(scratch.path, 'other.mmap'));
    named.jsonWrite('object');
    const fd = openSync(named.path as string, 'r+');
    using described = new module.ObjectMmap(fd, 0);
    closeSync(fd);
    expect(described.jsonReadFollower()).toBe('object');
  });

  it.each([null, 0, false, '', [], {}, 'text', [1, { a: [null] }], 'Grüße 世界 🌍', '\ud800 alone'])(
    'writes %j as its length in bytes, a colon and its JSON, and reads it',
    (object) => {
      using shared = master();
      using other = follower();
      expect(shared.jsonWrite(object)).toBe(true);
      const json = JSON.stringify(object);
      const frame = `${Buffer.byteLength(json)}:${json}`;
      expect(readFileSync(file()).subarray(0, Buffer.byteLength(frame)).toString()).toBe(frame);
      expect([shared.jsonReadMaster(), other.jsonReadFollower()]).toEqual([object, object]);
    },
  );

  it('answers null while there is no object yet', () => {
    using shared = master();
    using other = follower();
    expect([shared.jsonReadMaster(), shared.jsonReadFollower(), other.jsonReadFollower()]).toEqual([null, null, null]);
  });

  it('leaves an object to the master that comes after', () => {
    {
      using first = master();
      first.jsonWrite(['first']);
    }
    using second = master();
    expect(second.jsonReadMaster()).toEqual(['first']);
  });

  it('returns an object of its own each time, also when it is the last good one', () => {
    using shared = master();
    const written = { list: [1] };
    shared.jsonWrite(written);
    for (const spoil of [() => {}, () => shared.set(0, 'garbage')]) {
      spoil();
      const read = shared.jsonReadMaster() as typeof written;
      read.list.push(2);
      expect(shared.jsonReadMaster()).toEqual({ list: [1] });
    }
    expect(written).toEqual({ list: [1] });
  });

  it('leaves the position alone', () => {
    using shared = master();
    shared.seek(7);
    shared.jsonWrite('object');
    shared.jsonReadMaster();
    shared.jsonReadFollower();
    expect(shared.tell()).toBe(7);
  });

  describe('answers false, and the old object stands,', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const failing = {
      toJSON() {
        throw new Error('no');
      },
    };
    it.each<[string, unknown]>([
      ['for a cycle', cycle],
      ['for a BigInt', 1n],
      ['for undefined', undefined],
      ['for a function', () => {}],
      ['for a toJSON that throws', failing],
      ['for what does not fit', 'x'.repeat(1018)],
      ['for what fits in characters but not in bytes', 'ü'.repeat(600)],
    ])('%s', (_what, object) => {
      using shared = master();
      shared.jsonWrite(['old']);
      const before = readFileSync(file());
      expect(shared.jsonWrite(object)).toBe(false);
      expect(readFileSync(file()).equals(before)).toBe(true);
      expect([shared.jsonReadMaster(), shared.jsonReadFollower()]).toEqual([['old'], ['old']]);
    });

    it('over a read mapping', () => {
      using shared = master();
      using other = follower();
      shared.jsonWrite(['old']);
      expect(other.jsonWrite(['new'])).toBe(false);
      expect(other.jsonReadFollower()).toEqual(['old']);
    });

    it('after close, when reading gives the last object that was read', () => {
      const shared = master();
      const other = follower();
      const third = follower();
      shared.jsonWrite(['old']);
      other.jsonReadFollower();
      for (const mmap of [shared, other, third]) mmap.close();
      expect(shared.jsonWrite(['new'])).toBe(false);
      expect([shared.jsonReadMaster(), other.jsonReadFollower(), third.jsonReadFollower()]).toEqual([
        ['old'],
        ['old'],
        null,
      ]);
    });
  });

  it('takes an object up to the last byte of the mapping, with room for a trailer or without', () => {
    for (let room = 0; room < 40; room++) {
      using shared = new module.ObjectMmap(-1, 200 + room, { tagname: `tight${room}` });
      const largest = 'x'.repeat(200 + room - 2 - '200:'.length);
      for (const object of [largest.slice(room), largest.slice(33), largest.slice(32), largest.slice(31), largest]) {
        expect(shared.jsonWrite(object)).toBe(true);
        expect(shared.jsonReadFollower()).toBe(object);
        expect(shared.jsonWrite(`${largest}x`)).toBe(false);
        expect(shared.jsonReadFollower()).toBe(object);
      }
    }
  });

  it('is read through mappings of other lengths, as long as they hold the object', () => {
    using shared = master(2000);
    using longer = follower(100_000);
    using shorter = follower(50);
    shared.jsonWrite('x'.repeat(40));
    expect([longer, shorter].map((each) => each.jsonReadFollower())).toEqual(['x'.repeat(40), 'x'.repeat(40)]);
    shared.jsonWrite('y'.repeat(1900));
    expect([longer, shorter].map((each) => each.jsonReadFollower())).toEqual(['y'.repeat(1900), 'x'.repeat(40)]);
  });

  it('keeps stores of a copy to itself', () => {
    using shared = master();
    shared.jsonWrite('shared');
    using copy = new module.ObjectMmap(-1, 1024, { access: 'copy' });
    expect(copy.jsonReadFollower()).toBe('shared');
    expect(copy.jsonWrite('private')).toBe(true);
    expect([copy.jsonReadMaster(), shared.jsonReadMaster()]).toEqual(['private', 'shared']);
  });

  it.each([
    ...[
      '',
      ':',
      '5',
      '5:',
      '-1:1',
      '+1:1',
      ' 1:1',
      '1 :1',
      '1.0:1',
      '0:',
      '00:1',
      '1e1:1',
      'x:1',
      '!1:1',
      '\0'.repeat(64),
    ],
    ...[
      '2:[',
      '3:[1]x:'.slice(0, 4),
      '4:NaN ',
      '3:nul',
      '2:{}'.replace('2', '3'),
      `${'9'.repeat(20)}:1`,
      '1024:1',
      '1:\xff',
      '2:\xc3\x28',
    ],
  ])('answers with the last good object while the memory holds %j', (garbage) => {
    using shared = master();
    using fresh = follower();
    shared.jsonWrite(['good']);
    writeFileSync(file(), Buffer.concat([Buffer.from(garbage, 'latin1'), Buffer.alloc(1024)], 1024), { flag: 'r+' });
    expect([shared.jsonReadMaster(), shared.jsonReadFollower(), fresh.jsonReadFollower()]).toEqual([
      ['good'],
      ['good'],
      null,
    ]);
    expect(shared.jsonWrite(['new'])).toBe(true);
    expect(fresh.jsonReadFollower()).toEqual(['new']);
  });

  it('answers something for any bytes at all', () => {
    using shared = master(300);
    using other = follower(300);
    const colons = fc.uint8Array({ maxLength: 200 });
    const near = fc.tuple(fc.nat(400), fc.json()).map(([length, json]) => Buffer.from(`${length}:${json}`));
    fc.assert(
      fc.property(fc.oneof(colons, near), fc.nat(100), (garbage, at) => {
        shared.jsonWrite({ some: 'object' });
        shared.set(at, garbage.subarray(0, 200));
        const answer = other.jsonReadFollower();
        expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
      }),
      { numRuns: casesOf(500) },
    );
  });
});

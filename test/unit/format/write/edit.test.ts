import { describe, expect, it } from 'vitest';
import { addAt, deleteAt, setAt, takeAt } from '../../../../src/format/write/edit.js';
import { appendedBy, coded, encoded, newWriter, numbers, readBack, resultOf } from './kit.js';

const DOCUMENT = { users: [{ name: 'Ada' }, { name: 'Bob' }], settings: { theme: { dark: true } }, count: 1 };

function document(value: unknown = DOCUMENT) {
  const writer = newWriter();
  return { writer, root: encoded(writer, value) };
}

const path = (pointer: string) => pointer.split('/').slice(1);

describe('setAt', () => {
  it.each([
    ['', 7, 7],
    ['/count', 2, { ...DOCUMENT, count: 2 }],
    ['/users/0/name', 'Eve', { ...DOCUMENT, users: [{ name: 'Eve' }, { name: 'Bob' }] }],
    ['/users/2', null, { ...DOCUMENT, users: [...DOCUMENT.users, null] }],
    ['/users/-', null, { ...DOCUMENT, users: [...DOCUMENT.users, null] }],
    ['/new', [], { ...DOCUMENT, new: [] }],
    ['/a/b/c', 1, { ...DOCUMENT, a: { b: { c: 1 } } }],
    ['/users/-/a/b', 1, { ...DOCUMENT, users: [...DOCUMENT.users, { a: { b: 1 } }] }],
  ])('sets %s', (pointer, value, expected) => {
    const { writer, root } = document();
    setAt(writer, root, path(pointer), value);
    expect(readBack(writer)).toEqual(expected);
    expect(readBack(writer, root)).toEqual(DOCUMENT);
  });

  it('writes nothing for a value that is there already', () => {
    const { writer, root } = document();
    for (const [pointer, value] of [
      ['', DOCUMENT],
      ['/users', DOCUMENT.users],
      ['/users/1/name', 'Bob'],
    ] as const) {
      expect(appendedBy(writer, () => setAt(writer, root, path(pointer), structuredClone(value)))).toBe(0);
      expect(resultOf(writer)).toEqual(root);
    }
  });

  it('leaves what is beside the path where it is', () => {
    const { writer, root } = document();
    const { reader, segment } = writer;
    const settings = segment.i32[reader.entry(root.lo, root.hi, 'settings')];
    setAt(writer, root, path('/users/0/name'), 'Eve');
    expect(segment.i32[reader.entry(writer.lo, writer.hi, 'settings')]).toBe(settings);
  });

  it.each(['/count/a', '/users/3', '/users/01', '/users/name', '/users/0/name/x'])('refuses %s', (pointer) => {
    const { writer, root } = document();
    expect(() => setAt(writer, root, path(pointer), 1)).toThrow(coded('ERR_PATH_NOT_FOUND'));
  });
});

describe('addAt', () => {
  it.each([
    ['', 'new'],
    ['/count', { ...DOCUMENT, count: 'new' }],
    ['/other', { ...DOCUMENT, other: 'new' }],
    ['/users/0', { ...DOCUMENT, users: ['new', ...DOCUMENT.users] }],
    ['/users/2', { ...DOCUMENT, users: [...DOCUMENT.users, 'new'] }],
    ['/users/-', { ...DOCUMENT, users: [...DOCUMENT.users, 'new'] }],
  ])('adds at %s as RFC 6902 does', (pointer, expected) => {
    const { writer, root } = document();
    addAt(writer, root, path(pointer), encoded(writer, 'new'));
    expect(readBack(writer)).toEqual(expected);
  });

  it('counts the bytes of a value that it replaces', () => {
    const { writer, root } = document({ a: numbers(30) });
    addAt(writer, root, ['a'], encoded(writer, 1));
    expect(writer.droppedBytes).toBe(8 + 8 * 30);
  });

  it.each(['/users/3', '/users/x', '/a/b', '/count/a'])('refuses %s', (pointer) => {
    const { writer, root } = document();
    const value = encoded(writer, 1);
    expect(() => addAt(writer, root, path(pointer), value)).toThrow(coded('ERR_PATH_NOT_FOUND'));
  });
});

describe('deleteAt', () => {
  it.each([
    ['/count', { users: DOCUMENT.users, settings: DOCUMENT.settings }],
    ['/users/0', { ...DOCUMENT, users: [{ name: 'Bob' }] }],
    ['/settings/theme/dark', { ...DOCUMENT, settings: { theme: {} } }],
  ])('deletes %s', (pointer, expected) => {
    const { writer, root } = document();
    deleteAt(writer, root, path(pointer));
    expect(readBack(writer)).toEqual(expected);
  });

  it('counts the bytes of what it deletes', () => {
    const { writer, root } = document({ a: numbers(30) });
    deleteAt(writer, root, ['a']);
    expect(writer.droppedBytes).toBe(8 + 8 * 30);
  });

  it.each(['/nothing', '/users/2', '/users/-', '/a/b'])('refuses %s', (pointer) => {
    const { writer, root } = document();
    expect(() => deleteAt(writer, root, path(pointer))).toThrow(coded('ERR_PATH_NOT_FOUND'));
  });
});

it('takeAt returns the slot of what it removes, and counts nothing', () => {
  const { writer, root } = document();
  const slot = takeAt(writer, root, path('/users/0'));
  expect(readBack(writer)).toEqual({ ...DOCUMENT, users: [{ name: 'Bob' }] });
  expect(readBack(writer, slot)).toEqual({ name: 'Ada' });
  expect(writer.droppedBytes).toBe(0);
});

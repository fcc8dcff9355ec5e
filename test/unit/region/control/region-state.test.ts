/** Who holds a region, as its control file names them. */
import { describe, expect, it } from 'vitest';
import { twoControls } from './kit.js';

describe('the holder', () => {
  it('is who claimed last, until it releases', () => {
    const { writer, reader } = twoControls();
    expect(reader.state.holder()).toBeUndefined();
    const first = writer.state.claim({ pid: 11, startTime: 12345, lockKind: 1, namespace: 0 });
    const second = writer.state.claim({ pid: 22, startTime: 2 ** 40, lockKind: 2, namespace: 2 ** 32 - 4 });
    expect(second).not.toBe(first);
    writer.state.release(first, 11);
    expect(reader.state.holder()).toEqual({ pid: 22, startTime: 2 ** 40, lockKind: 2, namespace: 2 ** 32 - 4 });
    writer.state.release(second, 22);
    expect(reader.state.holder()).toBeUndefined();
  });
});

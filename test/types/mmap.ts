// Compiled by `npm run types`, never run: what programs that map memory may write, and what the compiler must refuse.
import { expectTypeOf } from 'vitest';
import { type Access, Mmap, type MmapOptions } from '../../src/mmap/index.js';

declare const mmap: Mmap;

expectTypeOf(mmap.read()).toEqualTypeOf<Buffer>();
expectTypeOf(mmap.find('x', -4)).toEqualTypeOf<number>();
expectTypeOf(mmap.path).toEqualTypeOf<string | undefined>();
expectTypeOf([...mmap]).toEqualTypeOf<number[]>();
expectTypeOf(mmap.write(new Uint8Array(1))).toEqualTypeOf<number>();
expectTypeOf<Access>().toEqualTypeOf<'read' | 'write' | 'copy'>();
expectTypeOf<MmapOptions>().toEqualTypeOf<{
  readonly access?: Access | undefined;
  readonly tagname?: string | undefined;
  readonly offset?: number | undefined;
}>();

class Named extends Mmap {}
expectTypeOf(Named.open('file')).toEqualTypeOf<Named>();
expectTypeOf<Mmap>().toExtend<Disposable>();

// @ts-expect-error an option that does not exist
new Mmap(-1, 1, { tagName: 'x' });
// @ts-expect-error an access that does not exist
new Mmap(-1, 1, { access: 'readwrite' });
// @ts-expect-error a file by its path has no tagname
Mmap.open('file', { tagname: 'x' });
// @ts-expect-error the length is fixed, `resize` changes it
mmap.length = 1;

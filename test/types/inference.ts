// Compiled by `npm run types`, never run: what the compiler infers, and how deep read-only goes.
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import {
  type Change,
  type Commit,
  type ErrorCode,
  type FileSize,
  Follower,
  type Immutable,
  type JsonMmapError,
  Master,
  type Path,
  type Problem,
  remove,
  type Snapshot,
  type Status,
} from '../../src/index.js';

// Immutable: readonly all the way down, arrays and tuples of objects too; scalars as they are
expectTypeOf<Immutable<{ a: { b: string[] }[] }>>().toEqualTypeOf<{
  readonly a: readonly { readonly b: readonly string[] }[];
}>();
expectTypeOf<Immutable<string | null>>().toEqualTypeOf<string | null>();
expectTypeOf<Immutable<{ a?: number }>>().toEqualTypeOf<{ readonly a?: number }>();
expectTypeOf<Immutable<readonly number[]>>().toEqualTypeOf<readonly number[]>();
expectTypeOf<Immutable<unknown>>().toEqualTypeOf<unknown>();

// the document's type comes from what is given
const initial = Master.open('app-config', { initial: { port: 80, hosts: ['a'] } });
expectTypeOf(initial).toEqualTypeOf<Master<{ port: number; hosts: string[] }>>();
expectTypeOf(initial.current.hosts).toEqualTypeOf<readonly string[]>();
const validated = Master.open('app-config', { schema: z.object({ port: z.number() }) });
expectTypeOf(validated.current).toEqualTypeOf<Immutable<{ port: number }>>();
const filledIn = Master.open('app-config', { schema: z.object({ port: z.coerce.number().default(80) }) });
expectTypeOf(filledIn.current).toEqualTypeOf<Immutable<{ port: number }>>(); // what the schema puts out
Master.open<{ port: number }>('app-config', { schema: z.object({ port: z.number().default(80) }) });
expectTypeOf(Master.open('app-config').current).toEqualTypeOf<unknown>();
initial.update((draft) => {
  expectTypeOf(draft).toEqualTypeOf<{ port: number; hosts: string[] }>();
});

// what is read at a path is unknown, but for selections that say what stands there
const follower = Follower.open<{ port: number }>('app-config');
expectTypeOf(Follower.open()).toEqualTypeOf<Follower<unknown>>();
expectTypeOf(follower.at(1)).toEqualTypeOf<Snapshot<{ port: number }>>();
expectTypeOf(follower.history()).toEqualTypeOf<Commit[]>();
expectTypeOf(follower.status()).toEqualTypeOf<Status>();
expectTypeOf(follower.status().watching).toEqualTypeOf<'futex' | 'watch' | 'poll' | 'off'>();
expectTypeOf(follower.select('/port').value).toEqualTypeOf<unknown>();
follower.select<number>('/port').on('change', ({ value, previous, version }) => {
  expectTypeOf([value, previous]).toEqualTypeOf<(number | undefined)[]>();
  expectTypeOf(version).toEqualTypeOf<number>();
});
expectTypeOf(follower.changes({ path: ['port'] })).toExtend<AsyncIterable<Change<{ port: number }>>>();
expectTypeOf(follower.ref()).toEqualTypeOf<Follower<{ port: number }>>();
expectTypeOf(follower).toExtend<Disposable>();
expectTypeOf<['a', 0]>().toExtend<Path>();
expectTypeOf(initial.sizes()).toEqualTypeOf<FileSize[]>();
expectTypeOf<Problem['severity']>().toEqualTypeOf<'error' | 'leftover'>();
expectTypeOf<JsonMmapError['code']>().toEqualTypeOf<ErrorCode>();
expectTypeOf(remove('app-config', { force: true })).toEqualTypeOf<void>();

// @ts-expect-error a scalar at a known place cannot be assigned
follower.current.port = 1;
// @ts-expect-error nor can an element
initial.current.hosts[0] = 'b';
// @ts-expect-error the first document has the form that the schema asks for
Master.open('app-config', { schema: z.object({ port: z.number() }), initial: { port: 'http' } });
// @ts-expect-error a selection is not written
follower.select<number>('/port').value = 1;
// @ts-expect-error waiting is for `when`
Follower.open('app-config', { timeoutMs: 1 });
// @ts-expect-error a version is a number
follower.at('newest');
// @ts-expect-error a follower is opened, not constructed
new Follower('app-config', {});

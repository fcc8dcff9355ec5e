// Compiled by `npm run types`, never run: what programs that share a document may write, and what the compiler must refuse.
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import {
  check,
  type ErrorCode,
  Follower,
  type Immutable,
  type JsonPatch,
  Master,
  type RegionInfo,
  type Report,
  regions,
  type Selection,
  type Snapshot,
} from '../../src/index.js';

interface Config {
  flags: { beta?: boolean };
  hosts: string[];
}

const master = Master.open<Config>('app-config', { initial: { flags: {}, hosts: [] } });
expectTypeOf(master.set('/flags/beta', true)).toEqualTypeOf<number>();
expectTypeOf(master.set(['hosts', 0], 'a')).toEqualTypeOf<number>();
expectTypeOf(master.current).toEqualTypeOf<Immutable<Config>>();
expectTypeOf(master.transaction(() => 'result')).toEqualTypeOf<string>();
expectTypeOf(master).toExtend<Disposable>();
master.update((draft) => {
  draft.hosts.push('b');
});
master.patch([{ op: 'move', from: '/hosts/0', path: '/hosts/1' }]);

Master.open('app-config', { schema: z.object({ hosts: z.array(z.string()) }), wait: { timeoutMs: 100 } });

const follower = Follower.open<Config>('app-config');
expectTypeOf(follower.current.hosts).toEqualTypeOf<readonly string[]>();
expectTypeOf(follower.view.flags.beta).toEqualTypeOf<boolean | undefined>();
expectTypeOf(follower.get('/hosts')).toEqualTypeOf<unknown>();
expectTypeOf(follower.select<string[]>('/hosts')).toEqualTypeOf<Selection<string[]>>();
expectTypeOf(follower.select<string[]>('/hosts').value).toEqualTypeOf<readonly string[] | undefined>();
expectTypeOf(follower.snapshot()).toEqualTypeOf<Snapshot<Config>>();
expectTypeOf(follower.diff(1)).toEqualTypeOf<JsonPatch>();
expectTypeOf(Follower.when<Config>('app-config', { timeoutMs: 1 })).resolves.toEqualTypeOf<Follower<Config>>();
expectTypeOf(regions()).toEqualTypeOf<RegionInfo[]>();
expectTypeOf(check('app-config')).toEqualTypeOf<Report>();
follower.on('change', ({ version, previousVersion, patch }) => {
  expectTypeOf([version, previousVersion]).toEqualTypeOf<number[]>();
  expectTypeOf(patch).toEqualTypeOf<JsonPatch>();
});
follower.on('master', ({ alive }) => expectTypeOf(alive).toEqualTypeOf<boolean>());

// @ts-expect-error a path is a pointer or its tokens
master.set(7, true);
// @ts-expect-error the document has this form
master.write({ flags: {} });
// @ts-expect-error an option that does not exist
Master.open('app-config', { intial: {} });
// @ts-expect-error a draft has the form of the document
master.update((draft) => draft.hosts.push(7));
// @ts-expect-error what is read is read-only
follower.current.hosts.push('c');
// @ts-expect-error followers have no writes
follower.set('/flags/beta', true);
// @ts-expect-error an event that does not exist
follower.on('changed', () => {});
// @ts-expect-error a patch has operations of RFC 6902
master.patch([{ op: 'set', path: '/hosts' }]);

// @ts-expect-error a code of the command, which no function of the library throws
const ofTheCommand: ErrorCode = 'ERR_SOURCE';
expectTypeOf(ofTheCommand).toBeString();

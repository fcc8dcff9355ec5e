/** The revisions of a document upstream. */
import type { Entry } from '../../../upstream/log/entry.js';
import { isBeaten } from '../../../upstream/log/position.js';
import { type Found, walk } from '../../../upstream/log/walk.js';
import type { Io } from '../../io.js';
import { safe } from '../../output/safe.js';
import { table } from '../../output/table.js';
import { ago, count, localTime, size } from '../../output/words.js';
import { type UpstreamOptions, withUpstream } from '../../upstream.js';

interface Options extends UpstreamOptions {
  readonly lines: number;
}

/** An entry, and whether another one was first behind the same parent, so that it is no part of the log. */
type Listed = Found & { readonly hasLost: boolean };

/** Lists the newest `lines` revisions of the document at `url`. */
export async function listRevisions(io: Io, url: string, options: Options): Promise<void> {
  const [found, older] = await withUpstream(io, url, options, async (engine) => {
    const head = (await engine.head())?.sequence ?? 0;
    const kept: Listed[] = [];
    let all = 0;
    let last: Entry | undefined;
    for await (const batch of walk(engine, 1, head, true)) {
      all += batch.length;
      for (const found of batch) {
        const { entry } = found;
        const hasLost = entry !== undefined && last !== undefined && isBeaten(last, last, entry);
        if (!hasLost) last = entry ?? last;
        kept.push({ ...found, hasLost });
      }
      kept.splice(0, kept.length - options.lines);
    }
    return [kept.reverse(), all - kept.length] as const;
  });
  if (options.json) return io.printJson(found.map(jsonOf));
  const columns = [
    { title: 'REVISION', align: 'right' },
    { title: 'TIME' },
    { title: 'AGE' },
    { title: 'BY' },
    { title: 'KIND' },
    { title: 'SIZE', align: 'right' },
    { title: 'ID' },
    { title: 'MESSAGE' },
  ] as const;
  await io.print(table(columns, found.map(row), io.paint, io.width));
  if (older > 0) io.note(io.paintNote('dim', `and ${count(older, 'older revision')}: --lines shows more`));
}

function row({ sequence, entry, fault, hasLost }: Listed): string[] {
  if (entry === undefined) return [String(sequence), '', '', '', 'none', '', '', safe(fault.message)];
  const { at, by, kind, ops, id, message }: Entry = entry;
  const age = ago(Math.max(0, Date.now() - at));
  return [
    String(sequence),
    localTime(at),
    age,
    safe(by),
    hasLost ? 'lost' : kind,
    size(ops.bytes),
    id.slice(0, 12),
    safe(message),
  ];
}

function jsonOf({ sequence, entry, fault, hasLost }: Listed): object {
  if (entry === undefined) return { revision: sequence, error: { code: fault.code, message: fault.message } };
  const { id, parent, kind, by, at, message, ops, signature } = entry;
  return {
    revision: sequence,
    id,
    parent,
    kind,
    by,
    at,
    message,
    bytes: ops.bytes,
    signed: signature !== undefined,
    lost: hasLost,
  };
}

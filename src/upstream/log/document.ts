/** The document of a log at a revision, made by the code that makes it in a region: a fold over the entries, in a region of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { JsonMmapError } from '../../errors.js';
import { Follower } from '../../follower/follower.js';
import type { JsonPatch } from '../../format/compare/json-patch.js';
import { Master } from '../../master/master.js';
import type { UpstreamEngine } from '../contract.js';
import { isBehind } from '../errors.js';
import type { Entry } from './entry.js';
import { whyApart } from './lineage.js';
import { ALLOWED, type Allowed, applyOperations, isRefusal, operationsOf } from './operations.js';
import { type Position, relation, START } from './position.js';
import { NO_RINGS, type Rings, withRing } from './rings.js';
import { isTrusted } from './signature.js';
import { trySnapshot } from './snapshot.js';
import { foundIn, walk } from './walk.js';

const NAME = 'document';
/** How often the log is read again where replicas are not alike, and the time in between. */
const LOOKS = 20;
const LOOK_EVERY_MS = 250;

/** Holds the document; `close` it. */
export class LogDocument {
  readonly #allowed: Allowed;
  readonly #directory = mkdtempSync(join(tmpdir(), 'jsonmmap-log-'));
  readonly #master: Master = Master.open(NAME, { dir: this.#directory, history: 2 });
  /** Of the newest entry that is done; what is refused is left out, as hosts leave it out. */
  position: Position = START;
  /** Sequence of the newest entry that was looked at, part of the log or not. */
  #examined = 0;
  /** Sequence of whatever is stored last, valid or not: the next append goes behind it. Of an older document: its revision. */
  stored = 0;
  /** The entry that could not be done, behind which patches wait for a whole document. */
  refused: { readonly sequence: number; readonly error: JsonMmapError } | undefined;
  /** What was read behind the newest snapshot, and how long that document was. */
  readonly since = { entries: 0, bytes: 0, documentBytes: 0 };
  /** Which hosts take what. */
  rings: Rings = NO_RINGS;

  /**
   * Returns the document at revision `until`, by default the newest one. What `allowed` does not accept is left out, as hosts leave it out.
   * @throws `ERR_VERSION_GONE` for a revision that the log does not have, or no longer; `ERR_UPSTREAM`, `ERR_UPSTREAM_INVALID`
   */
  static async at(engine: UpstreamEngine, until?: number, allowed: Allowed = ALLOWED): Promise<LogDocument> {
    for (let look = 1; ; look++) {
      const document = new LogDocument(allowed);
      try {
        await document.#load(engine, until, look > 1);
        return document;
      } catch (error) {
        document.close();
        if (look === LOOKS || !isBehind(error)) throw error;
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  private constructor(allowed: Allowed) {
    this.#allowed = allowed;
  }

  /** Undefined in an empty log. */
  get value(): unknown {
    return this.#master.current;
  }

  /** Does `change`, and returns it as a patch: none where it changes nothing. @throws what `change` throws */
  change(change: (master: Master) => number): JsonPatch {
    const before = this.#master.version;
    const after = change(this.#master);
    if (before === after || before === 0) return [];
    const follower = Follower.open(NAME, { dir: this.#directory });
    try {
      return follower.diff(before, after);
    } finally {
      follower.close();
    }
  }

  close(): void {
    this.#master.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #load(engine: UpstreamEngine, until: number | undefined, surely: boolean): Promise<void> {
    const head = (await engine.head())?.sequence ?? 0;
    const last = until ?? head;
    this.stored = last;
    if (last > head) throw gone(last, `the newest is ${head}`);
    await this.#begin(engine, last);
    this.#examined = this.position.sequence;
    for await (const batch of walk(engine, this.position.sequence + 1, last, surely))
      for (const { sequence, entry } of batch) {
        if (entry !== undefined) await this.#step(engine, entry);
        this.#examined = sequence;
      }
    if (until !== undefined && this.position.sequence !== until) throw gone(until, 'no entry has that number');
  }

  /** @throws `ERR_VERSION_GONE` where the oldest entry is not the first one, and there is no snapshot before `last` */
  async #begin(engine: UpstreamEngine, last: number): Promise<void> {
    const { snapshot, fault } = await trySnapshot(engine, this.#allowed);
    if (snapshot !== undefined && snapshot.position.sequence <= last) {
      this.#master.write(snapshot.document);
      this.position = snapshot.position;
      this.rings = snapshot.rings;
      this.since.documentBytes = snapshot.bytes;
      return;
    }
    const [oldest] = last === 0 ? [] : await engine.read(1, 1, true);
    if (oldest === undefined || foundIn(oldest).entry?.parent === null) return;
    throw gone(
      last,
      `the log does not reach back to its first entry, and ${fault?.message ?? 'there is no snapshot before it'}`,
    );
  }

  /** An entry that is damaged, not trusted or not behind the one before is not part of the log. @throws `ERR_UPSTREAM` where an entry before it was not read */
  async #step(engine: UpstreamEngine, entry: Entry): Promise<void> {
    const related = relation(this.position, entry);
    if (related === 'apart') await whyApart(engine, this.position, entry, this.#examined + 1);
    if (related !== 'next' || !isTrusted(this.#allowed.trust, entry)) return;
    this.position = { sequence: entry.sequence, id: entry.id };
    this.since.entries++;
    this.since.bytes += entry.ops.bytes;
    if (this.refused !== undefined && entry.kind === 'patch') return;
    try {
      const operations = await operationsOf(engine, entry, this.#allowed);
      if (entry.kind === 'ring') this.rings = withRing(this.rings, entry.sequence, operations);
      else applyOperations(this.#master, entry, operations);
      if (entry.kind === 'write') this.refused = undefined;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (entry.kind !== 'ring') this.refused ??= { sequence: entry.sequence, error: error as JsonMmapError };
    }
  }
}

function gone(revision: number, reason: string): JsonMmapError {
  return new JsonMmapError('ERR_VERSION_GONE', `the document at revision ${revision} cannot be made: ${reason}`);
}

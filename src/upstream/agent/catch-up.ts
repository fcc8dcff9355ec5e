/** Brings the region of a host to where its log is, in whatever state both are: from the log where that reaches, else from a snapshot. */
import type { JsonMmapError } from '../../errors.js';
import type { StoredEntry, UpstreamEngine } from '../contract.js';
import { behind, invalid, isBehind, upstreamError } from '../errors.js';
import { LogDocument } from '../log/document.js';
import type { Entry } from '../log/entry.js';
import { whereIs, whyApart } from '../log/lineage.js';
import { isRefusal, operationsOf } from '../log/operations.js';
import { type Position, relation } from '../log/position.js';
import { holdOf, NO_RINGS, type Rings, withRing } from '../log/rings.js';
import { isTrusted, type Trust } from '../log/signature.js';
import { trySnapshot } from '../log/snapshot.js';
import { type Found, foundIn, walk } from '../log/walk.js';
import type { FollowedRegion } from './region.js';
import type { Refusal } from './status.js';

/** Entries that are not read twice. */
const KEPT_MAX = 64;

export interface CatchUpParts {
  readonly region: FollowedRegion;
  readonly host: string;
  readonly maxBytes: number;
  readonly trust: Trust;
  readonly applied: (position: Position) => void;
  readonly refused: (refusal: Refusal) => void;
  readonly reloaded: (from: Position | undefined, to: Position, reason: string) => void;
  /** Waits until this host may ask for a snapshot, which many may want at once. */
  readonly turn: () => Promise<void>;
}

export class CatchUp {
  readonly #parts: CatchUpParts;
  /** The newest entry of the log that was looked at, applied or not; undefined before the place in the log is known. */
  #seen: Position | undefined;
  /** Sequence of the newest entry behind it that has lost against it, 0 where there is none. */
  #beaten = 0;
  /** Sequence of the newest entry that was looked at, part of the log or not. */
  #examined = 0;
  /** Of the entries up to the one that was looked at for rings. */
  #rings: Rings = NO_RINGS;
  #ringsUntil = 0;
  #refusal: Refusal | undefined;
  /** Whether patches wait behind the refusal for a whole document. */
  #isBlocked = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** The revision at which this host is to stay. */
  get heldAt(): number | undefined {
    return holdOf(this.#rings, this.#parts.host)?.revision;
  }

  /** Sequence of the newest entry that has lost against the one that was looked at last, 0 where there is none. */
  get beaten(): number {
    return this.#beaten;
  }

  /** Sequence of the newest entry that was looked at. */
  get seen(): number {
    return Math.max(this.#seen?.sequence ?? 0, this.#beaten);
  }

  /** Sequence of the newest entry that is known, also where this host stays before it. */
  get known(): number {
    return Math.max(this.seen, this.#ringsUntil);
  }

  /** The connection is another one: where the region is in the log has to be found out again. */
  forget(): void {
    this.#seen = undefined;
    this.#beaten = 0;
    this.#examined = 0;
  }

  /** Applies the next entry as it was told, without a look at the log; false where a look is needed. @throws `ERR_UPSTREAM` */
  async next(engine: UpstreamEngine, stored: StoredEntry): Promise<boolean> {
    if (this.#seen === undefined || this.#parts.region.position === undefined) return false;
    const { entry } = foundIn(stored);
    const related = entry && relation(this.#seen, entry);
    if (related === 'old') return true;
    if (entry === undefined || related === 'apart' || entry.kind === 'ring' || this.heldAt !== undefined) return false;
    await this.#step(engine, { sequence: entry.sequence, entry });
    return true;
  }

  /** Goes through the log up to its head, whose sequence it returns. @throws `ERR_UPSTREAM`, and what fails in the region for a reason of its own */
  async all(engine: UpstreamEngine): Promise<number> {
    try {
      return await this.#all(engine, false);
    } catch (error) {
      if (!isBehind(error)) throw error;
      this.forget();
      return this.#all(engine, true);
    }
  }

  async #all(engine: UpstreamEngine, surely: boolean): Promise<number> {
    const head = (await engine.head())?.sequence ?? 0;
    const { region, host } = this.#parts;
    const isKnown = this.#seen !== undefined && region.position !== undefined;
    if (!isKnown || (await whyLost(engine, this.#seen as Position, head)) !== undefined)
      await this.#findPlace(engine, head);
    if (head === 0) return 0;
    const tail = await this.#look(engine, head, surely);
    const hold = holdOf(this.#rings, host);
    if (hold?.pinned && this.seen > hold.revision) await this.#goBackTo(engine, hold.revision);
    const last = Math.min(head, hold?.revision ?? head);
    const write = tail.writes.findLast((sequence) => sequence <= last) ?? 0;
    for await (const batch of tail.found === undefined ? walk(engine, this.seen + 1, last, surely) : [tail.found])
      for (const found of batch) if (found.sequence <= last) await this.#step(engine, found, write);
    return head;
  }

  /** Finds the region's position in the log; goes on from a snapshot where it is not there. */
  async #findPlace(engine: UpstreamEngine, head: number): Promise<void> {
    const { position } = this.#parts.region;
    this.#isBlocked = false;
    this.#refusal = undefined;
    this.#beaten = 0;
    this.#examined = 0;
    this.#rings = NO_RINGS;
    const lost = position === undefined ? this.#whyNone() : await whyLost(engine, position, head);
    if (lost === undefined) this.#seen = position;
    else if (head > 0) await this.#reload(engine, lost);
    else if (position !== undefined) throw upstreamError('go on', new Error(`${lost}: the region keeps what it has`));
    this.#ringsUntil = this.seen;
  }

  #whyNone(): string {
    return this.#parts.region.version === 0 ? 'the region is new' : 'its document is not from a log';
  }

  async #reload(engine: UpstreamEngine, reason: string): Promise<void> {
    const { region, turn, reloaded } = this.#parts;
    await turn();
    const from = region.position;
    const { snapshot, fault } = await trySnapshot(engine, this.#parts);
    if (snapshot === undefined) {
      await this.#beginAnew(engine, fault);
    } else {
      const { position, document, rings } = snapshot;
      this.#rings = rings;
      this.#apply(position, () => region.replace(position, document));
    }
    reloaded(from, this.#seen as Position, reason);
  }

  /** There is no snapshot, or none that can be used: the first entry is a whole document. */
  async #beginAnew(engine: UpstreamEngine, fault: JsonMmapError | undefined): Promise<void> {
    const [oldest] = await engine.read(1, 1, true);
    const entry = oldest && foundIn(oldest).entry;
    if (entry?.parent !== null)
      throw (
        fault ??
        invalid('the log', 'its oldest entry is not the first one, and there is no snapshot: push the document again')
      );
    this.#parts.trust(`entry ${entry.sequence}`, entry);
    const operations = await operationsOf(engine, entry, this.#parts);
    this.#apply(entry, () => this.#parts.region.apply(entry, operations));
  }

  /**
   * Looks at what is new before anything of it is applied: which hosts it is for, where what comes last counts; and where a whole document
   * makes what is before it needless, so that a host that comes late publishes nothing that was taken back meanwhile.
   */
  async #look(
    engine: UpstreamEngine,
    head: number,
    surely: boolean,
  ): Promise<{ writes: number[]; found: Found[] | undefined }> {
    const writes: number[] = [];
    const kept: Found[] = [];
    let at = this.#seen as Position;
    for await (const batch of walk(engine, this.seen + 1, head, surely)) {
      if (kept.length <= KEPT_MAX) kept.push(...batch);
      for (const { entry } of batch) {
        if (entry === undefined || relation(at, entry) !== 'next' || !isTrusted(this.#parts.trust, entry)) continue;
        at = { sequence: entry.sequence, id: entry.id };
        if (entry.kind === 'write') writes.push(entry.sequence);
        if (entry.kind === 'ring' && entry.sequence > this.#ringsUntil) await this.#ring(engine, entry);
      }
    }
    this.#ringsUntil = Math.max(head, this.#ringsUntil);
    return { writes, found: kept.length <= KEPT_MAX ? kept : undefined };
  }

  async #ring(engine: UpstreamEngine, entry: Entry): Promise<void> {
    try {
      this.#rings = withRing(this.#rings, entry.sequence, await operationsOf(engine, entry, this.#parts));
    } catch (error) {
      this.#refuse(entry.sequence, error);
    }
  }

  /** A pin leads to its revision from wherever the host is. */
  async #goBackTo(engine: UpstreamEngine, revision: number): Promise<void> {
    const { region, applied } = this.#parts;
    const document = await LogDocument.at(engine, revision, this.#parts);
    try {
      region.replace(document.position, document.value);
      this.#seen = document.position;
      applied(document.position);
    } finally {
      document.close();
    }
  }

  /** @param write The last whole document of what is being read: what is before it is passed by */
  async #step(engine: UpstreamEngine, found: Found, write = 0): Promise<void> {
    const { sequence, entry } = found;
    try {
      if (entry === undefined) throw found.fault;
      const related = relation(this.#seen as Position, entry);
      if (related === 'old') return;
      if (related === 'apart' && (await this.#isBeaten(engine, entry))) return;
      if (related === 'apart') throw invalid(`entry ${sequence}`, 'its parent is not the entry before it');
      this.#parts.trust(`entry ${sequence}`, entry);
    } catch (error) {
      this.#refuse(sequence, error); // none of the log: what comes next goes on from the entry before
      return;
    } finally {
      this.#examined = sequence;
    }
    if (entry.sequence < write) this.#pass(entry, false);
    else if (entry.kind === 'ring' || (this.#isBlocked && entry.kind === 'patch')) this.#pass(entry);
    else await this.#perform(engine, entry);
  }

  /** Skips an entry that has lost against the one before it: its writer got an error, and it is not part of the log. */
  async #isBeaten(engine: UpstreamEngine, entry: Entry): Promise<boolean> {
    if ((await whyApart(engine, this.#seen as Position, entry, Math.max(this.seen, this.#examined) + 1)) === 'stranger')
      return false;
    this.#beaten = entry.sequence;
    return true;
  }

  async #perform(engine: UpstreamEngine, entry: Entry): Promise<void> {
    let operations: unknown;
    try {
      operations = await operationsOf(engine, entry, this.#parts);
    } catch (error) {
      this.#pass(entry, false);
      this.#refuse(entry.sequence, error, true);
      return;
    }
    this.#apply(entry, () => this.#parts.region.apply(entry, operations));
  }

  #apply(position: Position, write: () => void): void {
    const { sequence, id } = position;
    try {
      write();
      this.#refusal = undefined;
      this.#isBlocked = false;
      this.#seen = { sequence, id };
      this.#parts.applied({ sequence, id });
    } catch (error) {
      this.#refuse(sequence, error, true);
      this.#seen = { sequence, id };
    }
  }

  #pass(entry: Entry, isDone = !this.#isBlocked): void {
    this.#seen = { sequence: entry.sequence, id: entry.id };
    if (isDone) this.#parts.region.pass(this.#seen);
  }

  /** @throws `error` where it says nothing about the entry */
  #refuse(sequence: number, error: unknown, blocks = false): void {
    if (!isRefusal(error)) throw error;
    if (this.#isBlocked || this.#refusal?.sequence === sequence) return; // the first one is what everything waits for
    this.#refusal = { sequence, error: error as JsonMmapError };
    this.#isBlocked = blocks;
    this.#parts.refused(this.#refusal);
  }
}

/** Why a position is not in the log; undefined where it is. @throws `ERR_UPSTREAM` where a replica is behind */
async function whyLost(engine: UpstreamEngine, position: Position, head: number): Promise<string | undefined> {
  if (head < position.sequence)
    return `another history: the region is at revision ${position.sequence}, and the log ends at ${head}`;
  const place = await whereIs(engine, position);
  if (place === undefined) throw behind(`revision ${position.sequence} cannot be read yet: a replica is behind`);
  const { is, found } = place;
  if (is !== 'other') return undefined;
  return found.sequence === position.sequence
    ? `another history: revision ${position.sequence} is another entry than that of the region`
    : `the log begins at revision ${found.sequence}, and the region is at ${position.sequence}`;
}

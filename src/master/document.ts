/**
 * The document as its master works on it: a root in a segment, edits that may fail half-way, and the commit that makes them a version. Decides when
 * to leave a segment full of garbage for a fresh one; see `compaction.ts`.
 */
import { equalRefs } from '../format/compare/diff.js';
import type { JsonValue } from '../format/json-value.js';
import type { Slot } from '../format/read/lookup.js';
import type { Reader } from '../format/read/reader.js';
import { Copier } from '../format/write/copy.js';
import { Outgrown, reconcile } from '../format/write/reconcile.js';
import { Writer } from '../format/write/writer.js';
import type { Commit, CommitSource, LogPosition } from '../region/commit/contract.js';
import type { WritableSegment } from '../region/segment/writable-segment.js';
import type { RegionWriter } from '../region/writer.js';
import { CompactionPolicy } from './compaction.js';
import { CurrentDocument } from './current.js';
import { Measurements } from './measurements.js';
import { isFileLimit, isOutOfSpace } from './out-of-space.js';
import { writeRoot } from './value.js';

/** An edit: writes nodes through `writer` and leaves the new root as its result. `root` is undefined in a region without a document. May run
 * twice, in another segment the second time. */
export type Edit = (writer: Writer, root: Slot | undefined) => void;

/** A state that uncommitted edits can be taken back to. */
export interface Savepoint {
  readonly writer: Writer;
  readonly root: Slot | undefined;
  readonly mark: number;
  readonly droppedBytes: number;
  readonly position: LogPosition | undefined;
}

export class MasterDocument implements CommitSource {
  readonly measurements = new Measurements();
  readonly #region: RegionWriter;
  readonly #policy: CompactionPolicy;
  readonly #current = new CurrentDocument();
  #writer: Writer;
  #root: Slot | undefined;
  /** The writer of the published segment, while `#writer` works in a fresh one. */
  #published: Writer;
  #fresh: WritableSegment | undefined;
  /** Where in the current segment the bytes begin that commits of this master have appended, and how many there are in segments that it has left. */
  #countedFrom: number;
  #leftBytes = 0;
  /** How long the copy into a fresh segment took. */
  #copyMs = 0;
  #committed: Savepoint;
  /** Where in a log the document, with all edits so far, is from; undefined if it is from none. */
  position: LogPosition | undefined;

  constructor(region: RegionWriter) {
    this.#region = region;
    this.#writer = new Writer(region.segment);
    this.#published = this.#writer;
    const { commit } = region;
    this.#root = commit && { lo: commit.rootLo, hi: commit.rootHi };
    this.position = commit?.position;
    this.#countedFrom = commit?.watermark ?? 0;
    this.#committed = this.savepoint();
    this.#policy = new CompactionPolicy(commit?.freshBytes);
    this.#lookAtLength();
  }

  get reader(): Reader {
    return this.#writer.reader;
  }

  /** The root with all edits so far, committed or not. */
  get root(): Slot | undefined {
    return this.#root;
  }

  /** The document with all edits so far, as plain frozen data; undefined where there is none. O(width of what changed), O(document) the first time. */
  get current(): unknown {
    return this.#current.at(this.reader, this.#root, this.changed);
  }

  /** Whether `root` is another than that of the last commit. */
  get changed(): boolean {
    const { root } = this.#committed;
    return this.#root?.lo !== root?.lo || this.#root?.hi !== root?.hi || this.#fresh !== undefined;
  }

  /** The version at which all edits so far are visible: the next one if there are any. */
  get version(): number {
    const sealed = this.#region.commit?.version ?? 0;
    return this.changed ? sealed + 1 : sealed;
  }

  /** Bytes that commits have appended, those of fresh segments included. A write adds nothing to count them. */
  get changeBytes(): number {
    return this.#leftBytes + (this.#region.commit?.watermark ?? 0) - this.#countedFrom;
  }

  savepoint(): Savepoint {
    const writer = this.#writer;
    return {
      writer,
      root: this.#root,
      mark: writer.segment.head,
      droppedBytes: writer.droppedBytes,
      position: this.position,
    };
  }

  /** Takes back everything since `savepoint`. */
  restore(savepoint: Savepoint): void {
    if (savepoint.writer !== this.#writer) this.#leaveFresh();
    this.#writer.rollback(savepoint.mark);
    this.#writer.droppedBytes = savepoint.droppedBytes;
    this.#root = savepoint.root;
    this.position = savepoint.position;
    this.#current.forgetPending();
    this.#lookAtLength();
  }

  /** What `restore` takes back to the last commit. */
  get committedState(): Savepoint {
    return this.#committed;
  }

  /** Whether the document has another content than at the last commit; `changed` may be true for edits that undo each other. O(change). */
  differs(): boolean {
    const { writer, root: before } = this.#committed;
    const after = this.#root;
    if (before === undefined || after === undefined) return before !== after;
    return !equalRefs({ reader: writer.reader, ...before }, { reader: this.#writer.reader, ...after });
  }

  /**
   * Does `edit`, all of it or nothing. Where the segment cannot grow any more, the document moves to a fresh one, without its garbage: after
   * the edit, so that a deletion makes room for itself; else before it.
   */
  apply(edit: Edit, before: Savepoint = this.savepoint()): void {
    const writer = this.#writer;
    try {
      edit(writer, this.#root);
      this.#root = { lo: writer.lo, hi: writer.hi };
    } catch (error) {
      this.restore(before);
      if (!isOutOfSpace(error) || this.#fresh !== undefined) throw error;
      if (isFileLimit(error) && !this.#hasGarbage(before)) throw error;
      if (!this.#applyElsewhere(edit)) throw error;
    }
  }

  /** Whether a copy would be shorter: a limit of the length of files leaves no room for an edit that another file would not leave. */
  #hasGarbage({ mark, droppedBytes }: Savepoint): boolean {
    const freshBytes = this.#region.commit?.freshBytes ?? mark;
    return mark > freshBytes || droppedBytes > 0;
  }

  /** Whether there was room for that: where there is none, everything is as before. */
  #applyElsewhere(edit: Edit): boolean {
    let edited = false;
    const editAndMove = (): boolean => {
      edited = this.#region.segment.using('scratch', () => this.#run(edit));
      return this.#moveToFresh('tight');
    };
    const moveAndEdit = (): boolean => this.#moveToFresh('tight') && this.#run(edit);
    return this.#fits(editAndMove) || (!edited && this.#fits(moveAndEdit));
  }

  /**
   * Replaces the document, reusing what is equal. Where little is, the new document goes straight into a fresh segment, so that the old one never
   * holds both.
   */
  replace(value: JsonValue, before: Savepoint = this.savepoint()): void {
    const root = this.#root;
    if (root === undefined || this.#fresh !== undefined) {
      this.apply((writer, at) => writeRoot(writer, at, value), before);
      return;
    }
    try {
      const { dueAt } = this.#policy;
      this.#region.segment.upTo(dueAt, () => this.#run((writer) => reconcile(writer, value, root.lo, root.hi, dueAt)));
    } catch (error) {
      this.restore(before);
      if (!(error instanceof Outgrown) && !isOutOfSpace(error)) throw error;
      if (this.#startFresh((writer) => writeRoot(writer, undefined, value))) return;
      if (isFileLimit(error)) throw error; // another file may be no longer
      this.apply((writer, at) => writeRoot(writer, at, value));
    }
  }

  /**
   * Completes the edits so far as the next commit, in a fresh segment where that is due; undefined when there are none.
   * @throws `ERR_FENCED`, `ERR_CLOSED`
   */
  seal(): Commit | undefined {
    if (this.#root === undefined || !this.changed) return undefined;
    this.#writer.finish();
    if (this.#fresh === undefined && this.#policy.isDue(this.#writer.segment.head, this.#writer.droppedBytes))
      this.#moveToFresh();
    if (this.#fresh !== undefined) this.#current.moveTo(this.reader, this.#root);
    return this.#region.seal(this.#fresh ?? this.#region.segment, this.#root, undefined, this.position);
  }

  /** Goes on from `commit`, which `seal` has returned. */
  keep(commit: Commit): void {
    const before = this.#region.commit;
    this.#region.keep(commit);
    if (this.#fresh !== undefined) {
      this.#leftBytes += (before?.watermark ?? 0) - this.#countedFrom;
      this.#countedFrom = 0;
      this.measurements.compacted({
        version: commit.version,
        segment: commit.segment,
        bytesBefore: before?.watermark ?? 0,
        bytesAfter: commit.watermark,
        durationMs: this.#copyMs,
      });
      this.#current.commit();
      this.#fresh = undefined;
      this.#published = this.#writer;
      this.#policy.compacted(this.#region.usedBytes);
    }
    this.#writer.keep();
    this.#committed = this.savepoint();
  }

  #lookAtLength(): void {
    if (this.#fresh === undefined) this.#policy.found(this.#region.segment.sizeBytes, this.#writer.mark());
  }

  #run(edit: Edit): true {
    edit(this.#writer, this.#root);
    this.#root = { lo: this.#writer.lo, hi: this.#writer.hi };
    return true;
  }

  /** Whether there is room for what `edit` does; if not, everything is as before. */
  #fits(edit: () => boolean): boolean {
    const before = this.savepoint();
    let done = false;
    try {
      done = edit();
    } catch (error) {
      if (!isOutOfSpace(error)) throw error;
    } finally {
      if (!done) this.restore(before);
    }
    return done;
  }

  /** Copies the living tree into a fresh segment and goes on there; false, and everything as before, where there is no room for it. */
  #moveToFresh(packing: 'fast' | 'tight' = 'fast'): boolean {
    const root = this.#root;
    if (root === undefined) return false;
    return this.#startFresh((writer, segment) => {
      const copy = (): void => new Copier(this.#writer.reader, writer).copy(root.lo, root.hi);
      if (packing === 'tight') {
        writer.strings.packTightly(() => segment.using('copy', copy));
      } else {
        segment.reserve(this.#expectedBytes());
        copy();
      }
    });
  }

  /** About what the last fresh segment began with, to grow at once and not many times; nothing where much has left the document since. */
  #expectedBytes(): number {
    return Math.max(0, (this.#region.commit?.freshBytes ?? 0) - 2 * this.#writer.droppedBytes);
  }

  /** Begins a fresh segment with the document that `fill` writes; false, and everything as before, where there is no room for it. */
  #startFresh(fill: (writer: Writer, segment: WritableSegment) => void): boolean {
    const began = performance.now();
    try {
      this.#fresh = this.#region.beginSegment();
      const writer = new Writer(this.#fresh);
      fill(writer, this.#fresh);
      writer.finish();
      this.#root = { lo: writer.lo, hi: writer.hi };
      this.#writer = writer;
      this.#copyMs = performance.now() - began;
      return true;
    } catch (error) {
      this.#leaveFresh();
      if (!isOutOfSpace(error)) throw error;
      this.#policy.postpone(this.#region.usedBytes, this.#published.droppedBytes);
      return false;
    }
  }

  #leaveFresh(): void {
    if (this.#fresh !== undefined) this.#region.abandonSegment();
    this.#fresh = undefined;
    this.#writer = this.#published;
  }
}

/** The writing half of a region: one at a time, appends nodes and publishes commits. */
import { assert, type JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { regionDirectory } from '../system/directory.js';
import { mmapSystem } from '../system/system.js';
import { anchors } from './control/anchors.js';
import { readableCommits } from './control/commits.js';
import type { Commit } from './control/record.js';
import { Disk } from './durability/disk.js';
import { closed, fenced, tooLarge, usedUp } from './errors.js';
import { failpoint } from './failpoints.js';
import type { FileSize } from './files/file-sizes.js';
import { HEADER_BYTES, SEGMENT_MIN_BYTES, SEGMENT_NUMBER_MAX, VERSION_MAX } from './files/layout.js';
import { RegionPaths } from './files/paths.js';
import type { ClaimedRegion } from './mastership/claimed-region.js';
import { own } from './mastership/ownership.js';
import { checkWriterOptions, type WriterOptions } from './options.js';
import { Publication } from './publication.js';
import { recover } from './recovery.js';
import type { OldSegments } from './segment/retention.js';
import { createSegment, takeOver } from './segment/segment-file.js';
import { type Use, WritableSegment } from './segment/writable-segment.js';

/** What a segment may have of `maxBytes`: an edit and its copy are all of it, and a copy may be packed a bit worse than what it is made of. */
const SHARES = { document: 6 / 16, copy: 7 / 16, scratch: 9 / 16 } as const;

/** The value slot of a document: two signed 32-bit words. */
export interface RootSlot {
  readonly lo: number;
  readonly hi: number;
}

export class RegionWriter {
  readonly name: string;
  /** The control file. */
  readonly path: string;
  /** 16 hexadecimal digits that tell this region from a later one of the same name. */
  readonly instance: string;
  readonly #system: MmapSystem;
  readonly #paths: RegionPaths;
  readonly #maxBytes: number;
  readonly #ownership: ClaimedRegion;
  readonly #old: OldSegments;
  readonly #publication: Publication;
  /** Where versions have to survive power loss before they are visible. */
  readonly #disk: Disk | undefined;
  readonly #inBackground: boolean;
  #commit: Commit | undefined;
  #segment: WritableSegment;
  #fresh: WritableSegment | undefined;
  #closed = false;

  /**
   * Makes this process the master of the region, created if it is missing; the versions and the document of an earlier master stay. Removes
   * what dead masters left half done. Blocks for as long as `wait` allows.
   * @throws `ERR_INVALID_NAME`, `ERR_INVALID_ARG`, `ERR_DIRECTORY`; `ERR_REGION_LOCKED` with the `pid` of the living master, `ERR_TIMEOUT`
   *   after `wait.timeoutMs`; `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_REGION_DENIED`, `ERR_NO_SPACE`, `ERR_SYSTEM`
   */
  static open(name: string, options: WriterOptions = {}): RegionWriter {
    return new RegionWriter(name, options);
  }

  private constructor(name: string, options: WriterOptions) {
    // Interpret
    const { mode, maxBytes, history } = checkWriterOptions(options);
    const { durability } = options;
    this.#inBackground = options.groupMs !== undefined;
    this.#system = mmapSystem();
    this.#paths = new RegionPaths(name, regionDirectory(options.dir, mode));
    this.#maxBytes = maxBytes;

    // Acquire
    const durable = durability === 'disk';
    this.#ownership = own(this.#system, this.#paths, { mode, history, durable, wait: options.wait });
    const { control, mode: fileMode } = this.#ownership;
    try {
      const staysDurable = durability === undefined && control.durable;
      if (durable || staysDurable) this.#disk = new Disk(this.#paths, control, this.#inBackground);
      const budget = (use: Use) => this.#segmentMaxBytes(use);
      const recoveryOptions = { mode: fileMode, history, budget, disk: this.#disk };
      const recovered = recover(this.#system, this.#paths, control, recoveryOptions);
      this.#commit = recovered.commit;
      this.#segment = recovered.segment;
      this.#old = recovered.old;
      this.#publication = new Publication(name, this.#ownership, this.#old, this.#commit, this.#disk);
    } catch (error) {
      this.#disk?.close();
      this.#ownership.release();
      throw error;
    }
    failpoint('takeover:ready');

    // Describe
    this.name = name;
    this.path = this.#paths.control;
    this.instance = control.header.instance;
  }

  /** The newest commit, which may be on its way to the disk; undefined in a region that has none yet. */
  get commit(): Commit | undefined {
    return this.#commit;
  }

  /** The newest commit that followers see. */
  get published(): Commit | undefined {
    return this.#publication.newest;
  }

  /** Whether what is published survives power loss. */
  get durable(): boolean {
    return this.#disk !== undefined;
  }

  /** Resolves when all commits are published; rejects with what kept them from it. */
  get settled(): Promise<void> {
    return this.#publication.settled;
  }

  /** The published segment: append to it, then `publish`. */
  get segment(): WritableSegment {
    return this.#segment;
  }

  /** Mode of the region's files. */
  get mode(): number {
    return this.#ownership.mode;
  }

  get paths(): RegionPaths {
    return this.#paths;
  }

  /** Bytes used in the published segment, what is not committed yet included. */
  get usedBytes(): number {
    return this.#segment.head;
  }

  /**
   * Makes what was appended to `segment`, and the document at `root`, the next version; followers see it when this returns. A few
   * microseconds, most of them for the doorbell. Where versions are durable it blocks for two syncs of the disk; with `groupMs` it returns
   * at once, and followers see it when `settled` resolves.
   * @param committedAt Milliseconds since 1970, default now.
   * @throws `ERR_FENCED` when the region was removed or has another master; `ERR_TOO_LARGE` behind the last version; `ERR_SYSTEM` where the disk fails;
   *   `ERR_CLOSED`
   */
  publish(root: RootSlot, committedAt?: number): Commit {
    assert(
      this.#fresh === undefined,
      'there is a fresh segment, whose node ids begin behind what was published before it',
    );
    const commit = this.#append(this.#segment, root, committedAt);
    if (this.#disk !== undefined && this.#inBackground) this.#publication.publishLater(commit, this.#disk);
    else this.#publication.publish(commit);
    return this.#appended(this.#segment, commit);
  }

  /** Blocks until all commits are published. @throws what keeps them from it */
  settle(): void {
    this.#publication.settle();
  }

  /** Has to come before anything is appended where versions are durable. @throws `ERR_SYSTEM`, `ERR_FENCED` after a commit that has failed on its way */
  checkDisk(): void {
    this.#publication.check();
  }

  /** Forgets what was appended to `segment` since the last commit. */
  discard(): void {
    this.#segment.head = this.#segment.committed;
  }

  /**
   * Creates a fresh segment to copy the document into. Nobody sees it before `publishSegment`. Until then nothing is published in the segment
   * that stands, because the node ids of the fresh one begin behind what is there now (I9).
   * @throws `ERR_NO_SPACE`, `ERR_TOO_LARGE` beyond `maxBytes` or the last number of a segment, `ERR_FENCED`, `ERR_CLOSED`
   */
  beginSegment(): WritableSegment {
    this.#checkOpen();
    if (!this.#ownership.stillStands()) throw fenced(this.name); // its file could take the place of another master's
    assert(this.#fresh === undefined, 'there is a fresh segment already');
    if (this.#segmentMaxBytes() < SEGMENT_MIN_BYTES) throw this.#noRoom();
    const { number, nodeIdBase, hashSeed, head } = this.#segment;
    if (number >= SEGMENT_NUMBER_MAX) throw usedUp(this.name, 'numbers of segments', SEGMENT_NUMBER_MAX);
    const newFile = { mode: this.#ownership.mode, durable: this.durable };
    const file = createSegment(this.#system, this.#paths, newFile, {
      instance: this.instance,
      number: number + 1,
      hashSeed,
      nodeIdBase: nodeIdBase + Math.ceil(head / 8),
    });
    const budget = (use: Use) => this.#segmentMaxBytes(use);
    this.#fresh = takeOver(file, () => new WritableSegment(this.#system, file, HEADER_BYTES, budget));
    return this.#fresh;
  }

  /**
   * Makes the document at `root` in the fresh segment the next version. The segment that stood before is unmapped here, and unlinked as soon as
   * no guaranteed version lives in it; followers that have it mapped keep it.
   * @throws `ERR_FENCED`, `ERR_CLOSED`
   */
  publishSegment(fresh: WritableSegment, root: RootSlot, committedAt?: number): Commit {
    assert(fresh === this.#fresh, 'that is not the fresh segment');
    const before = this.#segment;
    const lastVersion = this.#commit?.version ?? 0;
    const commit = this.#append(fresh, root, committedAt);
    this.#publication.publish(commit);
    this.#appended(fresh, commit);
    failpoint('switch:published');
    this.#segment = fresh;
    this.#fresh = undefined;
    before.close();
    this.#old.add({ number: before.number, path: before.path, sizeBytes: before.sizeBytes, lastVersion });
    this.#old.dropUnneeded(commit.version);
    return commit;
  }

  /** Removes the fresh segment that will not be published, unless its commit failed so late that the next master will publish it (I15). */
  abandonSegment(fresh: WritableSegment): void {
    assert(fresh === this.#fresh, 'that is not the fresh segment');
    this.#fresh = undefined;
    const isAnchored = anchors(this.#ownership.control).some(({ segment }) => segment === fresh.number);
    if (isAnchored) fresh.close();
    else fresh.unlink();
  }

  /** How this process maps files. */
  get system(): MmapSystem['kind'] {
    return this.#system.kind;
  }

  /** Returns the size of each segment file, oldest first. */
  sizes(): FileSize[] {
    const living = [this.#segment, ...(this.#fresh ? [this.#fresh] : [])];
    return [...this.#old.list, ...living].map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  }

  /** Returns the versions that can be read, newest first. O(ring capacity). */
  history(): Commit[] {
    this.#checkOpen();
    const there = new Set([this.#segment.number, ...this.#old.list.map(({ number }) => number)]);
    return readableCommits(this.#ownership.control, (segment) => there.has(segment));
  }

  /**
   * Gives the region up: another process can be its master at once, followers keep reading. Commits are published first, what was not
   * committed is lost. Idempotent.
   * @throws what keeps a commit from being published; the region is closed all the same
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.settle();
    } finally {
      if (this.#fresh !== undefined) this.abandonSegment(this.#fresh);
      this.#segment.close();
      this.#disk?.close();
      this.#ownership.release();
    }
  }

  /** Returns the commit that makes what is in `segment` the next version. */
  #append(segment: WritableSegment, { lo, hi }: RootSlot, committedAt = Date.now()): Commit {
    this.#checkOpen();
    this.settle();
    if (!this.#ownership.stands()) throw fenced(this.name);
    const lastVersion = this.#commit?.version ?? 0;
    if (lastVersion >= VERSION_MAX) throw usedUp(this.name, 'versions', VERSION_MAX);
    segment.push();
    failpoint('publish:nodes');
    return {
      version: lastVersion + 1,
      rootLo: lo,
      rootHi: hi,
      segment: segment.number,
      watermark: segment.head,
      committedAt,
      freshBytes: this.#commit?.segment === segment.number ? this.#commit.freshBytes : segment.head,
    };
  }

  #appended(segment: WritableSegment, commit: Commit): Commit {
    segment.committed = segment.head;
    this.#commit = commit;
    return commit;
  }

  /**
   * If one segment could take all of `maxBytes`, there would be no room for the copy that leaves its garbage behind, and nothing could be
   * written any more, not even a deletion.
   */
  #segmentMaxBytes(use: Use = 'document'): number {
    return Math.floor((this.#maxBytes - this.#old.sizeBytes) * SHARES[use]);
  }

  #noRoom(): JsonMmapError {
    const reason = 'maxBytes leaves no room for a fresh segment beside the versions that are kept';
    return tooLarge(this.path, SEGMENT_MIN_BYTES, Math.max(0, this.#segmentMaxBytes()), reason);
  }

  #checkOpen(): void {
    if (this.#closed) throw closed(this.name);
  }
}

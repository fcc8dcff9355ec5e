/** The segments that a reader has mapped: the newest for as long as it is, older ones for as long as somebody holds them. */
import type { MmapSystem } from '../mmap/contract.js';
import type { RegionPaths } from './paths.js';
import { ReadableSegment } from './readable-segment.js';
import type { Commit } from './record.js';
import { openSegment, takeOver } from './segment-file.js';

export class ReadableSegments {
  readonly #system: MmapSystem;
  readonly #paths: RegionPaths;
  readonly #instance: string;
  readonly #owner: number | undefined;
  #newest: ReadableSegment | undefined;
  readonly #older = new Map<number, WeakRef<ReadableSegment>>();

  constructor(system: MmapSystem, paths: RegionPaths, instance: string, owner: number | undefined) {
    this.#system = system;
    this.#paths = paths;
    this.#instance = instance;
    this.#owner = owner;
  }

  /**
   * Returns the segment of `commit`, readable up to its watermark; undefined when it is not mapped here and its file is gone. Always the same
   * object for the same segment, as long as anybody holds it.
   * @throws `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_REGION_DENIED`, `ERR_SYSTEM`
   */
  covering(commit: Commit): ReadableSegment | undefined {
    const held = this.#held(commit.segment);
    if (held === undefined) return this.#open(commit);
    held.cover(commit.watermark);
    return held;
  }

  /** Whether the segment is mapped here, so that it can be read without its file. */
  holds(number: number): boolean {
    return this.#held(number) !== undefined;
  }

  /** Closes the files. The bytes stay with whoever holds a segment. */
  close(): void {
    this.#newest?.close();
  }

  #held(number: number): ReadableSegment | undefined {
    return this.#newest?.number === number ? this.#newest : this.#older.get(number)?.deref();
  }

  #open({ segment: number, watermark }: Commit): ReadableSegment | undefined {
    const path = this.#paths.segment(number);
    const file = openSegment(path, { instance: this.#instance, number }, 'read', this.#owner);
    if (file === undefined) return undefined;
    const segment = takeOver(file, () => new ReadableSegment(this.#system, file, watermark));
    if (this.#newest === undefined || number > this.#newest.number) this.#setNewest(segment);
    else this.#keepOlder(segment);
    return segment;
  }

  #setNewest(segment: ReadableSegment): void {
    if (this.#newest !== undefined) this.#keepOlder(this.#newest);
    this.#newest = segment;
  }

  /** No commit that is still to come will lie in it. */
  #keepOlder(segment: ReadableSegment): void {
    segment.seal();
    for (const [number, held] of this.#older) if (held.deref() === undefined) this.#older.delete(number);
    this.#older.set(segment.number, new WeakRef(segment));
  }
}

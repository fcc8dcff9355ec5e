/** The segments that a reader has mapped: the newest for as long as it is, older ones for as long as somebody holds them (I17). */
import type { MmapSystem } from '../../system/contract.js';
import type { Commit } from '../control/record.js';
import { freeBytesAt } from '../files/free-space.js';
import type { RegionPaths } from '../files/paths.js';
import { ReadableSegment } from './readable-segment.js';
import { Reclamation } from './reclamation.js';
import { openSegment, takeOver } from './segment-file.js';

export class ReadableSegments {
  readonly #system: MmapSystem;
  readonly #paths: RegionPaths;
  readonly #instance: string;
  readonly #owner: number | undefined;
  #newest: ReadableSegment | undefined;
  /** Those that were left while somebody held them; what has been released since is taken out when it is met. */
  readonly #older = new Map<number, ReadableSegment>();
  readonly #reclamation = new Reclamation();

  constructor(system: MmapSystem, paths: RegionPaths, instance: string, owner: number | undefined) {
    this.#system = system;
    this.#paths = paths;
    this.#instance = instance;
    this.#owner = owner;
  }

  /**
   * Returns the segment of `commit`, readable up to its watermark and held for the caller; undefined when it is not mapped here and its file
   * is gone. Always the same object for the same segment, as long as anybody holds it.
   * @throws `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_REGION_DENIED`, `ERR_SYSTEM`
   */
  covering(commit: Commit): ReadableSegment | undefined {
    const mapped = this.#mapped(commit.segment);
    if (mapped === undefined) return this.#open(commit);
    mapped.cover(commit.watermark);
    return mapped.hold();
  }

  /** Whether the segment is mapped here, so that it can be read without its file. */
  holds(number: number): boolean {
    return this.#mapped(number) !== undefined;
  }

  /** Whether no newer segment than `segment` has been mapped here. */
  isNewest(segment: ReadableSegment): boolean {
    return this.#newest === segment;
  }

  /** The segments that are mapped here though they were left for newer ones. */
  get older(): ReadableSegment[] {
    for (const [number, segment] of this.#older) if (segment.released) this.#older.delete(number);
    return [...this.#older.values()];
  }

  /** Closes the files and lets the newest go. The bytes stay for the holders of a segment. */
  close(): void {
    const newest = this.#newest;
    this.#newest = undefined;
    newest?.close();
    this.#leave(newest);
  }

  #mapped(number: number): ReadableSegment | undefined {
    if (this.#newest?.number === number) return this.#newest;
    const older = this.#older.get(number);
    return older?.released ? undefined : older;
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
    const before = this.#newest;
    this.#newest = segment.hold();
    this.#leave(before);
    this.#reclaim(before);
  }

  #leave(newest: ReadableSegment | undefined): void {
    newest?.release();
    if (newest !== undefined && !newest.released) this.#keepOlder(newest);
  }

  /** No commit that is still to come will lie in it. */
  #keepOlder(segment: ReadableSegment): void {
    segment.seal();
    this.#older.set(segment.number, segment);
  }

  /** A program that forgot what was handed out to it has to be found out before it costs the master its space; what was left just now is in use. */
  #reclaim(justLeft: ReadableSegment | undefined): void {
    const left = this.older.filter((segment) => segment.leased && segment !== justLeft);
    if (left.length === 0) return;
    const leasedBytes = () => left.reduce((sum, { leased, sizeBytes }) => sum + (leased ? sizeBytes : 0), 0);
    this.#reclamation.consider(leasedBytes, freeBytesAt(this.#paths.directory));
  }
}

/** A segment as the format sees it: bytes, and where they may be read or appended. `src/region/` provides them. */

/**
 * The committed bytes of one segment. The arrays are three views of the same memory, and are replaced when the mapping grows: hold the
 * segment, not its arrays, across anything that may append or refresh.
 */
export interface Segment {
  readonly number: number;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly bytes: Buffer;
  /** Bytes below this offset are committed and never change again; nothing above it may be touched. */
  readonly limit: number;
  /** The node id of a node is `nodeIdBase` plus its offset, both in units of 8 bytes: unique in the life of a region. */
  readonly nodeIdBase: number;
  /** Seed of the key hash, random for each region so that keys cannot be chosen to collide. */
  readonly hashSeed: number;
}

/** The segment that a master appends to. `limit` is always `head`: a master may read what it has just written. */
export interface AppendableSegment extends Segment {
  /** Byte offset of the next append, a multiple of 8. What lies between the last commit and `head` is invisible to followers. */
  head: number;
  /**
   * Makes sure that `sizeBytes` more can be written at `head`; may replace the arrays.
   * @throws `ERR_NO_SPACE` when the file system is full, `ERR_TOO_LARGE` beyond `maxBytes` or the 4 GiB that a segment may have.
   */
  reserve(sizeBytes: number): void;
}

/**
 * Where each number lies in a control file and in a segment file. All numbers are in the byte order of the machine; the mark
 * tells a reader of the other order to stay away. `spec/PROTOCOL.md` says what each means.
 *
 *   control file                               segment file
 *   0     file header, constant   64 bytes     0    file header, constant   64 bytes
 *   64    version word            8            64   nodes, append-only, up to the committed watermark
 *   128   state of the region     64
 *   192   wake word, i32: changes with each notification, for processes that wait for it
 *   512   durable commit slot of the even versions, 64 bytes; 1024 that of the odd ones: durable regions only
 *   4096  commit ring: capacity records of 64 bytes, version v in slot v mod capacity
 *
 *   file header                                commit record
 *   0   magic             8 characters         0   version        f64
 *   8   format version    u32                  8   root slot      i32 low, i32 high
 *   12  byte order mark   u32                  16  segment        u32
 *   16  instance          u32 low, u32 high    20  fresh bytes    u32
 *   24  capacity | number u32                  24  watermark      f64, bytes
 *   28  hash seed         u32                  32  committed at   f64, ms since 1970
 *   32  created at        f64, ms since 1970   40  position in a log: sequence f64, 0 without one
 *   40  node id base      f64, units of 8 B    48  position in a log: first 12 bytes of the id
 *   48  reserved          12 bytes, zero       60  checksum       u32, of bytes 0 to 59
 *   60  checksum          u32, of bytes 0 to 59
 *
 *   state of the region, from byte 128
 *   0   flags        i32: 1 removed, 2 durable  12  lock kind  i32, below
 *   4   epoch        i32: claims so far         16  start      i32 low, i32 high of the f64: the master's start time
 *   8   master pid   i32: 0 none                24  history    i32: versions that are kept readable
 *                                               32  boot       i32 low, i32 high of the f64: in which ring and word were last restored
 *                                               40  namespace  u32: the master's pid namespace, 0 not known
 */

export const FORMAT_VERSION = 1;
export const BYTE_ORDER_MARK = 0x01020304;
export const CONTROL_MAGIC = 'jsonmctl';
export const SEGMENT_MAGIC = 'jsonmseg';

export const HEADER_BYTES = 64;
/** What a checksum covers in a header or a record: all words but the last, which holds it. */
export const CHECKED_WORDS = HEADER_BYTES / 4 - 1;

export const VERSION_OFFSET = HEADER_BYTES;
export const STATE_OFFSET = VERSION_OFFSET + 64;
export const STATE_BYTES = 64;
/** In a cache line of its own: each publish stores it, and nothing reads it but the threads that it wakes. */
export const WAKE_OFFSET = STATE_OFFSET + STATE_BYTES;
/** A sector of its own for each, which no other store touches. */
export const COMMIT_SLOT_OFFSET = 512;
export const COMMIT_SLOT_STRIDE = 512;
export const COMMIT_SLOTS = 2;
export const RING_OFFSET = 4096;
export const RECORD_BYTES = 64;

/** Index of each word of the state in the control file seen as 32-bit words. */
export const FLAGS_WORD = STATE_OFFSET / 4;
export const EPOCH_WORD = FLAGS_WORD + 1;
export const PID_WORD = EPOCH_WORD + 1;
export const LOCK_KIND_WORD = PID_WORD + 1;
export const START_WORD = LOCK_KIND_WORD + 1;
export const HISTORY_WORD = START_WORD + 2;
export const BOOT_WORD = HISTORY_WORD + 2;
export const NAMESPACE_WORD = BOOT_WORD + 2;

export const FLAG_REMOVED = 1;
export const FLAG_DURABLE = 2;
export const KERNEL_LOCK = 1;
export const GENERATION_LOCK = 2;
/** The kernel's lock, and one on the control file where followers can see it. */
export const KERNEL_LOCK_SHOWN = 3;
/** No master: somebody who removes the region. */
export const REMOVER = 4;

/** A reader needs 62 publishes between two of its loads to have to retry; 254 versions of history fit the default ring. */
export const RING_MIN_CAPACITY = 64;
export const RING_DEFAULT_CAPACITY = 256;
export const RING_MAX_CAPACITY = 65536;

/** Versions are integers of a float64, numbers of segments 32-bit words: a region that has used them up takes no writes any more. */
export const VERSION_MAX = Number.MAX_SAFE_INTEGER;
export const SEGMENT_NUMBER_MAX = 2 ** 32 - 1;

/** What a 32-bit typed array reaches on every supported Node, less one page of the largest kind. */
export const SEGMENT_MAX_BYTES = 2 ** 32 - 65536;
export const SEGMENT_MIN_BYTES = 65536;

/** Bytes of a control file with a ring of `capacity` records. */
export function controlBytes(capacity: number): number {
  return RING_OFFSET + capacity * RECORD_BYTES;
}

const PAGE_BYTES = 4096;

/** Rounds up to whole pages, the unit in which a file takes space. */
export function wholePages(sizeBytes: number): number {
  return Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES;
}

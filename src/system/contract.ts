/**
 * What the rest of the library needs from an operating system, in two implementations with the same meaning:
 *
 * - `native.ts`: real mappings, through the C addon. `shared` is true: a store is visible to other processes at once.
 * - `syscalls.ts`: a private copy over `fs.readSync`/`fs.writeSync`, for platforms without the addon. `shared` is false:
 *   `pull` brings the file's bytes into the copy, `push` writes the copy's bytes to the file.
 *
 * Code above this line calls `pull` before it reads what another process may have written and `push` after it writes; over real
 * mappings both cost nothing. `test/conformance/` runs one suite over both.
 */

/** `read`: may only be read. `write`: stores reach the file. `copy`: stores stay private. */
export type Access = 'read' | 'write' | 'copy';

/** Which part of a file to map. */
export interface MapRequest {
  /** An open file descriptor, or -1 for anonymous memory. It may be closed once the mapping exists, except over `syscalls`. */
  readonly fd: number;
  /** Byte offset in the file, a multiple of `pageSize`. */
  readonly offset: number;
  /** Bytes to map, at least 1. May reach beyond the end of the file; those bytes must not be touched before the file has grown. */
  readonly length: number;
  readonly access: Access;
  /**
   * Whether the engine should not count the mapping as its own memory, which makes it collect garbage: a request, that not every runtime can
   * fulfil. The buffer may be shared then, which cannot be detached: after `close` it may still be read, and shows what nobody may rely on.
   */
  readonly uncounted?: boolean | undefined;
}

/**
 * A mapped range. Forgotten without `close`, it is unmapped when it is garbage collected, which may be never: the code that maps it counts
 * the holders (I17).
 */
export interface Mapping {
  /** The bytes, until `close`. Never hand it to users for a `read` mapping: a store to it ends the process. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly length: number;
  /** Whether stores are visible to other processes without `push`. */
  readonly shared: boolean;
  /** Brings `[offset, offset + length)` of the file into `buffer`; bytes beyond the end of the file stay as they are. */
  pull(offset: number, length: number): void;
  /** Makes `[offset, offset + length)` of `buffer` visible to other processes. */
  push(offset: number, length: number): void;
  /** Returns when `[offset, offset + length)` is on the medium. `offset` is a multiple of `pageSize`. */
  sync(offset: number, length: number): void;
  /**
   * Wakes the waits of all processes for the 32-bit word at `offset`, where the system has any, and touches the file `fd`, whose times become `atMs`, for those
   * that watch it; none where `fd` is -1. One system call each. Returns whether that was costly, because processes were woken: a
   * thread made by `startWaking` had better make the next one.
   */
  wake(offset: number, fd: number, atMs: number): boolean;
  /** Hints at how `[offset, offset + length)` will be used: a number of `madvise(2)`. */
  advise(offset: number, length: number, advice: number): void;
  /**
   * Detaches `buffer` where that can be done, and unmaps: at once, except for what is mapped large and `uncounted` to be read, which a thread of its
   * own unmaps. Nobody may read `buffer` any more, and no rule relies on what it shows (I18); that is never another file. Idempotent.
   */
  close(): void;
}

/** One implementation of mapping, with the calls on files that belong to it. */
export interface MmapSystem {
  readonly kind: 'native' | 'syscalls';
  readonly pageSize: number;
  map(request: MapRequest): Mapping;
  /** Backs `[offset, offset + length)` of the file with real space and extends the file to it; ENOSPC when there is none. */
  allocate(fd: number, offset: number, length: number): void;
  /** Kernel locks on open files, where there are any. */
  readonly locks: FileLocks | undefined;
  /**
   * Calls `onStore` on the event loop after a store to the 32-bit word at `offset` of a file that `wake` announced, and then not again
   * until the wait is armed. Holds a thread until it is closed, and keeps no process alive unless it is referenced. Undefined where the
   * system has no such waits; throws where it refuses them.
   */
  readonly waitForWord: ((fd: number, offset: number, onStore: () => void) => WordWait) | undefined;
  /**
   * Starts a thread that wakes as `Mapping.wake` does, for the 32-bit word at `offset` of the file, which it then touches. It needs `fd` no
   * longer than the call, and keeps no process alive. Undefined where the system has no such threads; throws where it refuses one.
   */
  readonly startWaking: ((fd: number, offset: number) => WakingThread) | undefined;
}

/** A thread that wakes the waits for one word. */
export interface WakingThread {
  /**
   * Has the thread wake soon, and returns true. What is asked for while it wakes is one more time, with the newest `atMs`. False, and
   * nothing is done, where the thread is idle and its last time was not costly: the caller may do it itself. `wasCostly`: it has done that
   * since, and it was costly.
   */
  wake(atMs: number, wasCostly: boolean): boolean;
  /** Ends the thread, after what it was asked for. Idempotent. */
  close(): void;
}

/** A wait for stores to one word. */
export interface WordWait {
  /** Whether it keeps the process alive. */
  referenced: boolean;
  /** Lets the next store call again, and one that came since the last call. */
  arm(): void;
  /** Ends it, and its thread: nothing is called any more. Idempotent. */
  close(): void;
}

/** Exclusive locks that the kernel drops when their holder dies. They belong to the open file, not to the process. */
export interface FileLocks {
  /** Takes the lock if it is free; `fd` is open for writing. */
  tryLock(fd: number): boolean;
  /** Whether another open file holds the lock; `fd` needs to be open for reading only, and nothing is taken. */
  isLocked(fd: number): boolean;
}

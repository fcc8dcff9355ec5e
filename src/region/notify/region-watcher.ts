/**
 * What happens to a region, told to one listener. A store to a mapping raises no event, so the master touches the control file with a system call
 * (`notifier.ts`), and the file watchers of the followers wake (`file-watcher.ts`): no thread, no polling, no socket, and nothing that a read-only
 * follower may not do. Where no file watcher can be had, and while there is no file to watch, a timer looks (`polling.ts`).
 *
 * A heartbeat twice a second finds what no notification announces: a master that was killed, a file that was deleted by hand, a publish on a file
 * system without events. None of it keeps the process alive unless `ref` asks for it.
 */
import { heartbeat, type Poll } from './poller.js';
import { WakeUp } from './wake-up.js';

/** What hears of it. No call means "once": the newest state counts, whatever came between. */
export interface RegionListener {
  /** The newest version is another than at the last call. */
  commit(): void;
  /** The master has come, gone or died. */
  master(alive: boolean): void;
  /** The region is gone: removed, deleted by hand, or replaced. */
  removed(): void;
  /** There is a region of that name again: `reattach` changes over to it. Said until that has succeeded. */
  returned(): void;
  /** Looking failed; said once, until it works again. */
  error(error: unknown): void;
}

/** What a watcher looks at. */
export interface WatchTarget {
  readonly path: string;
  versionWord(): number;
  namedMaster(): number | undefined;
  /** Undefined where that cannot be known. */
  isMasterAlive(): boolean | undefined;
  isRemoved(): boolean;
  isBack(): boolean;
}

/** Tells one listener what happens to one region, from its construction to `close`. */
export class RegionWatcher {
  readonly #target: WatchTarget;
  readonly #listener: RegionListener;
  readonly #onClose: () => void;
  readonly #heartbeat: Poll;
  readonly #wakeUp: WakeUp;
  #version: number;
  #master: number | undefined;
  /** What was last known. */
  #alive: boolean | undefined;
  #removed = false;
  #failing = false;
  #closed = false;

  /**
   * Starts to watch. What the target shows now counts as known; what comes later is told.
   * @throws `ERR_SYSTEM` when the target cannot be looked at; nothing goes on watching then
   */
  constructor(target: WatchTarget, listener: RegionListener, onClose: () => void) {
    this.#target = target;
    this.#listener = listener;
    this.#onClose = onClose;
    this.#heartbeat = heartbeat.start(() => this.#examine());
    this.#wakeUp = new WakeUp(target.path, () => this.#wake());
    try {
      this.#version = target.versionWord();
      this.#master = target.namedMaster();
      this.#alive = target.isMasterAlive();
    } catch (error) {
      this.#stopWatching();
      throw error;
    }
  }

  /** `watch`: the kernel wakes us. `poll`: a timer looks ten times a second. */
  get mode(): 'watch' | 'poll' {
    return this.#wakeUp.mode;
  }

  /** Watches the file that has the path now, after the target has changed over to it. */
  retarget(): void {
    this.#wakeUp.restart();
    this.#version = this.#target.versionWord();
    this.#removed = false;
  }

  /** Keeps the process alive while this is open. */
  ref(): this {
    this.#heartbeat.referenced = true;
    this.#wakeUp.referenced = true;
    return this;
  }

  /** Lets the process end, as it may from the start. */
  unref(): this {
    this.#heartbeat.referenced = false;
    this.#wakeUp.referenced = false;
    return this;
  }

  /** Ends it: nothing is told any more. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWatching();
    this.#onClose();
  }

  #stopWatching(): void {
    this.#heartbeat.close();
    this.#wakeUp.close();
  }

  /** The file was touched: nearly always for a commit, else for a master that came or went, or for a file that is gone. */
  #wake(): void {
    const version = this.#looked(() => this.#target.versionWord());
    if (version === undefined) return;
    const told = !this.#removed && this.#tellCommit(version);
    if (this.#closed) return; // the listener may close it
    if (!told || this.#namesAnother()) this.#examine();
  }

  /** A file that names nobody for sure is examined, which tells what is wrong with it. */
  #namesAnother(): boolean {
    return this.#looked(() => this.#target.namedMaster() !== this.#master) ?? true;
  }

  #tellCommit(version: number): boolean {
    if (Object.is(version, this.#version)) return false;
    this.#version = version;
    this.#listener.commit();
    return true;
  }

  #examine(): void {
    if (this.#closed) return;
    const found = this.#looked(() => this.#look());
    if (found === undefined) return;
    this.#tellCommit(found.version);
    this.#tellMaster(found.alive);
    this.#tellPresence(found);
  }

  #look(): { version: number; alive: boolean | undefined; removed: boolean; back: boolean } {
    const alive = this.#target.isMasterAlive();
    const removed = this.#target.isRemoved();
    const back = this.#removed && removed && this.#target.isBack(); // that it is gone has been told, whatever this says
    this.#master = this.#target.namedMaster();
    const version = this.#target.versionWord();
    this.#failing = false;
    return { version, alive, removed, back };
  }

  /** Nobody could catch what a look throws when a timer or the kernel has woken us: it is told, and the next look tries again. */
  #looked<R>(look: () => R): R | undefined {
    try {
      return look();
    } catch (error) {
      if (!this.#failing) this.#listener.error(error);
      this.#failing = true;
      return undefined;
    }
  }

  #tellMaster(alive: boolean | undefined): void {
    if (this.#closed || alive === undefined || alive === this.#alive) return;
    this.#alive = alive;
    this.#listener.master(alive);
  }

  /** Nothing touches a file that is gone, so a timer looks for the one that takes its place. */
  #tellPresence({ removed, back }: { removed: boolean; back: boolean }): void {
    if (this.#closed || !removed) return;
    if (!this.#removed) {
      this.#removed = true;
      this.#wakeUp.poll();
      this.#listener.removed();
    }
    if (!this.#closed && back) this.#listener.returned();
  }
}

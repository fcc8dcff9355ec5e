/** A file that is synced to its disk again and again. */
import { closeSync, fdatasync, fdatasyncSync } from 'node:fs';
import { systemError } from '../../errors.js';
import { corrupt } from '../errors.js';
import { openTrusted } from '../files/files.js';

/**
 * Syncs one file, in this thread or beside it. The kernel reports a failed write-back once to each open file, so the two
 * ways have a descriptor each: neither takes the error that the other needs. Linux syncs what was stored through a mapping with the rest of the file.
 */
export class SyncedFile {
  readonly path: string;
  readonly #fd: number;
  #background: number | undefined;
  #running = 0;
  #closed = false;

  /**
   * Opens the file at `path`; every later failure is reported.
   * @param inBackground Whether `syncLater` will be called.
   * @throws `ERR_REGION_CORRUPT` where it is not there, `ERR_REGION_DENIED`, `ERR_SYSTEM`
   */
  constructor(path: string, inBackground: boolean) {
    this.path = path;
    this.#fd = open(path);
    this.#background = inBackground ? open(path) : undefined;
  }

  /** Blocks until what was stored is on the disk. @throws `ERR_NO_SPACE`, `ERR_SYSTEM` */
  sync(): void {
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      throw systemError(error, `sync ${this.path} to its disk`);
    }
  }

  /** The same without blocking, for what was stored before this call. One at a time. */
  async syncLater(): Promise<void> {
    this.#running++;
    try {
      await synced(this.#background as number);
    } catch (error) {
      throw systemError(error, `sync ${this.path} to its disk`);
    } finally {
      this.#running--;
      if (this.#closed) this.#closeBackground();
    }
  }

  /** Closes the file, as soon as no sync is under way. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
    this.#closeBackground();
  }

  #closeBackground(): void {
    if (this.#running > 0 || this.#background === undefined) return;
    closeSync(this.#background);
    this.#background = undefined;
  }
}

function synced(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

function open(path: string): number {
  const fd = openTrusted(path, 'read');
  if (fd === undefined) throw corrupt(path, 'it has been deleted by hand');
  return fd;
}

/** What a master does to wake others, to a file that is no region. */
import { closeSync, openSync, utimesSync } from 'node:fs';
import { WAKE_OFFSET } from '../../../../src/region/files/layout.js';
import type { Mapping } from '../../../../src/system/contract.js';
import { mmapSystem } from '../../../../src/system/system.js';

/** `touch`: the time of the file changes. `store`: its wake word changes, and those who wait for it are woken. */
export type Way = 'touch' | 'store';

export class Notification {
  readonly #path: string;
  readonly #mapping: Mapping | undefined;
  #time = 1_700_000_000;

  constructor(path: string, way: Way) {
    this.#path = path;
    this.#mapping = way === 'store' ? mapped(path) : undefined;
  }

  send(): void {
    if (this.#mapping === undefined) {
      utimesSync(this.#path, ++this.#time, this.#time);
      return;
    }
    Atomics.add(new Int32Array(this.#mapping.buffer), WAKE_OFFSET / 4, 1);
    this.#mapping.wake(WAKE_OFFSET, -1, 0);
  }

  close(): void {
    this.#mapping?.close();
  }
}

function mapped(path: string): Mapping {
  const fd = openSync(path, 'r+');
  try {
    return mmapSystem().map({ fd, offset: 0, length: 4096, access: 'write' });
  } finally {
    closeSync(fd);
  }
}

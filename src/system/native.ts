/** Real mappings, through the C addon in `native/`. */
import { errnoOf } from '../errors.js';
import { existingBinaries } from './binaries.js';
import type { Access, FileLocks, Mapping, MapRequest, MmapSystem } from './contract.js';
import { syscalls } from './syscalls.js';

/** What `native/mmap.c` exports; each call throws an Error with the errno name as `code`. */
interface Addon extends FileLocks {
  readonly contract: number;
  readonly pageSize: number;
  readonly PROT_READ: number;
  readonly PROT_WRITE: number;
  readonly MAP_SHARED: number;
  readonly MAP_PRIVATE: number;
  readonly MAP_ANONYMOUS: number;
  readonly MS_SYNC: number;
  map(fd: number, length: number, offset: number, protection: number, flags: number): Handle;
  unmap(handle: Handle): void;
  sync(handle: Handle, offset: number, length: number, flags: number): void;
  advise(handle: Handle, offset: number, length: number, advice: number): void;
  allocate(fd: number, offset: number, length: number): void;
}

interface Handle {
  readonly buffer: ArrayBuffer;
}

/** The version of what `native/mmap.c` exports: a bundle may find the binary of another release of this package. */
const CONTRACT = 1;

/** Returns the native implementation, or the reason why there is none here. */
export function loadNative(): MmapSystem | Error {
  let reason = new Error(`no binary for ${process.platform}-${process.arch} was found`);
  for (const path of existingBinaries()) {
    try {
      const addon = loadAddon(path);
      proveContract(addon, path);
      proveBuffers(addon);
      return nativeSystem(addon);
    } catch (error) {
      reason = error as Error; // a binary of another platform, or a runtime that refuses what the addon needs
    }
  }
  return reason;
}

/** Without `require`, whose loader takes longer to start than everything here. Copies of this code in one process share the library, not its exports. */
function loadAddon(path: string): Addon {
  const loaded = { exports: {} };
  process.dlopen(loaded, path);
  return loaded.exports as Addon;
}

function proveContract({ contract }: Addon, path: string): void {
  if (contract !== CONTRACT) throw new Error(`${path} belongs to another version of jsonmmap`);
}

/** Electron loads the addon and then forbids ArrayBuffers over memory that is not V8's: better known now than at the first map. */
function proveBuffers(addon: Addon): void {
  const { PROT_READ, MAP_PRIVATE, MAP_ANONYMOUS, pageSize } = addon;
  addon.unmap(addon.map(-1, pageSize, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS));
}

function nativeSystem(addon: Addon): MmapSystem {
  return {
    kind: 'native',
    pageSize: addon.pageSize,
    map: (request) => new NativeMapping(addon, request),
    allocate: (fd, offset, length) => allocate(addon, fd, offset, length),
    locks: addon,
  };
}

/** Where the file system cannot reserve, glibc writes into every block instead; musl leaves that to us. */
function allocate(addon: Addon, fd: number, offset: number, length: number): void {
  try {
    addon.allocate(fd, offset, length);
  } catch (error) {
    if (errnoOf(error) !== 'EOPNOTSUPP') throw error;
    syscalls.allocate(fd, offset, length);
  }
}

class NativeMapping implements Mapping {
  readonly length: number;
  readonly shared = true;
  readonly #addon: Addon;
  readonly #handle: Handle;

  constructor(addon: Addon, { fd, offset, length, access }: MapRequest) {
    this.#addon = addon;
    this.length = length;
    this.#handle = addon.map(fd, length, offset, protectionOf(addon, access), flagsOf(addon, access, fd));
  }

  get buffer(): ArrayBuffer {
    return this.#handle.buffer;
  }

  pull(): void {}

  push(): void {}

  sync(offset: number, length: number): void {
    this.#addon.sync(this.#handle, offset, length, this.#addon.MS_SYNC);
  }

  advise(offset: number, length: number, advice: number): void {
    this.#addon.advise(this.#handle, offset, length, advice);
  }

  close(): void {
    this.#addon.unmap(this.#handle);
  }
}

function protectionOf(addon: Addon, access: Access): number {
  return access === 'read' ? addon.PROT_READ : addon.PROT_READ | addon.PROT_WRITE;
}

function flagsOf(addon: Addon, access: Access, fd: number): number {
  return (access === 'copy' ? addon.MAP_PRIVATE : addon.MAP_SHARED) | (fd === -1 ? addon.MAP_ANONYMOUS : 0);
}

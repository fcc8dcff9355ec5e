/** Real mappings, through the C addon in `native/`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errnoOf } from '../errors.js';
import type { Access, FileLocks, Mapping, MapRequest, MmapSystem } from './contract.js';
import { syscalls } from './syscalls.js';

/** What `native/mmap.c` exports; each call throws an Error with the errno name as `code`. */
interface Addon extends FileLocks {
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

/** Returns the native implementation, or the reason why there is none here. */
export function loadNative(): MmapSystem | Error {
  let reason = new Error(`there is no binary for ${process.platform}-${process.arch}`);
  for (const path of candidates().filter((candidate) => existsSync(candidate))) {
    try {
      const addon = createRequire(import.meta.url)(path) as Addon;
      proveBuffers(addon);
      return nativeSystem(addon);
    } catch (error) {
      reason = error as Error; // a binary of another platform, or a runtime that refuses what the addon needs
    }
  }
  return reason;
}

/** What a checkout compiled for itself, then what the package brings. */
function candidates(): string[] {
  const root = join(import.meta.dirname, '..', '..');
  return [
    join(root, 'build', 'mmap.node'),
    join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'mmap.node'),
  ];
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

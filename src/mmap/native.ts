/** Real mappings, through the C addon in `native/`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Access, FileLocks, Mapping, MapRequest, MmapSystem } from './contract.js';

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
  const root = join(import.meta.dirname, '..', '..');
  const candidates = [
    join(root, 'build', 'mmap.node'),
    join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'mmap.node'),
  ];
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return new Error(`no binary for ${process.platform}-${process.arch}`);
  try {
    return nativeSystem(createRequire(import.meta.url)(path) as Addon);
  } catch (error) {
    return error as Error;
  }
}

function nativeSystem(addon: Addon): MmapSystem {
  return {
    kind: 'native',
    pageSize: addon.pageSize,
    map: (request) => new NativeMapping(addon, request),
    allocate: (fd, offset, length) => addon.allocate(fd, offset, length),
    locks: addon,
  };
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

/** Real mappings, through the C addon in `native/`. */
import { errnoOf } from '../errors.js';
import { existingBinaries } from './binaries.js';
import type { Access, FileLocks, Mapping, MapRequest, MmapSystem, WakingThread, WordWait } from './contract.js';
import { syscalls } from './syscalls.js';

/** What `native/` exports; each call throws an Error with the errno name as `code`. */
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
  /** As `map`, with a SharedArrayBuffer; only where the runtime can make one. */
  mapShared?(fd: number, length: number, offset: number, protection: number, flags: number): Handle;
  /** As `map`, in the place of `bytes`, whole pages that belong to somebody else. */
  overlay(fd: number, length: number, offset: number, protection: number, flags: number, bytes: Uint8Array): Handle;
  unmap(handle: Handle, inThread: boolean): void;
  sync(handle: Handle, offset: number, length: number, flags: number): void;
  advise(handle: Handle, offset: number, length: number, advice: number): void;
  allocate(fd: number, offset: number, length: number): void;
  wait(fd: number, offset: number, onStore: () => void): object;
  armWait(wait: object): void;
  endWait(wait: object): void;
  refWait(wait: object, referenced: boolean): void;
  waker(handle: Handle, offset: number, length: number): Wake;
  startWaking(fd: number, offset: number): object;
  wakeSoon(waking: object, atMs: number, wasCostly: boolean): boolean;
  endWaking(waking: object): void;
}

/** Wakes those who wait for the word that it was made for, and touches the file `fd`, unless that is -1. Returns whether that was costly. */
type Wake = (fd: number, atMs: number) => boolean;

interface Handle {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** The version of what `native/` exports: a bundle may find the binary of another release of this package. */
const CONTRACT = 6;

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
  addon.unmap(addon.map(-1, pageSize, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS), false);
}

function nativeSystem(addon: Addon): MmapSystem {
  return {
    kind: 'native',
    pageSize: addon.pageSize,
    map: (request) => new NativeMapping(addon, request),
    allocate: (fd, offset, length) => allocate(addon, fd, offset, length),
    locks: addon,
    waitForWord: (fd, offset, onStore) => new NativeWait(addon, addon.wait(fd, offset, onStore)),
    startWaking: (fd, offset) => wakingThread(addon, addon.startWaking(fd, offset)),
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

/** Below this, a mapping is no burden for the collector, and unmapping it none for the event loop. */
const LARGE_BYTES = 8 << 20;

const WORD_BYTES = 4;

class NativeMapping implements Mapping {
  readonly length: number;
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly shared = true;
  readonly #addon: Addon;
  readonly #handle: Handle;
  readonly #unmapInThread: boolean;
  /** For the word at `#wakeOffset`. */
  #wake: Wake | undefined;
  #wakeOffset = -1;

  constructor(addon: Addon, { fd, offset, length, access, uncounted = false }: MapRequest) {
    const isLarge = uncounted && length >= LARGE_BYTES;
    this.#addon = addon;
    this.length = length;
    const file = [fd, length, offset, protectionOf(addon, access), flagsOf(addon, access, fd)] as const;
    this.#handle = (isLarge ? mapUncounted(addon, file) : undefined) ?? addon.map(...file);
    this.buffer = this.#handle.buffer;
    this.#unmapInThread = isLarge && access === 'read';
  }

  pull(): void {}

  push(): void {}

  sync(offset: number, length: number): void {
    this.#addon.sync(this.#handle, offset, length, this.#addon.MS_SYNC);
  }

  advise(offset: number, length: number, advice: number): void {
    this.#addon.advise(this.#handle, offset, length, advice);
  }

  wake(offset: number, fd: number, atMs: number): boolean {
    if (this.#wake === undefined || this.#wakeOffset !== offset) {
      this.#wake = this.#addon.waker(this.#handle, offset, WORD_BYTES);
      this.#wakeOffset = offset;
    }
    return this.#wake(fd, atMs);
  }

  close(): void {
    this.#addon.unmap(this.#handle, this.#unmapInThread);
  }
}

class NativeWait implements WordWait {
  readonly #addon: Addon;
  readonly #wait: object;
  #referenced = false;

  constructor(addon: Addon, wait: object) {
    this.#addon = addon;
    this.#wait = wait;
  }

  get referenced(): boolean {
    return this.#referenced;
  }

  set referenced(referenced: boolean) {
    if (referenced === this.#referenced) return;
    this.#referenced = referenced;
    this.#addon.refWait(this.#wait, referenced);
  }

  arm(): void {
    this.#addon.armWait(this.#wait);
  }

  close(): void {
    this.#addon.endWait(this.#wait);
  }
}

function wakingThread(addon: Addon, waking: object): WakingThread {
  return {
    wake: (atMs, wasCostly) => addon.wakeSoon(waking, atMs, wasCostly),
    close: () => addon.endWaking(waking),
  };
}

function protectionOf(addon: Addon, access: Access): number {
  return access === 'read' ? addon.PROT_READ : addon.PROT_READ | addon.PROT_WRITE;
}

function flagsOf(addon: Addon, access: Access, fd: number): number {
  return (access === 'copy' ? addon.MAP_PRIVATE : addon.MAP_SHARED) | (fd === -1 ? addon.MAP_ANONYMOUS : 0);
}

type File = Readonly<Parameters<Addon['map']>>;

/** Maps in a way that V8 does not count; undefined where there is none. */
function mapUncounted(addon: Addon, file: File): Handle | undefined {
  if (addon.mapShared !== undefined) return addon.mapShared(...file);
  const bytes = reserve(file[1]);
  return bytes && addon.overlay(...file, bytes);
}

const WASM_PAGE_BYTES = 65536;

/** Missing where the engine may not make code; no types of Node know it. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number; maximum: number; shared: true }) => { readonly buffer: SharedArrayBuffer };
  };
};

/** The runtimes in which shared memories of WebAssembly are known to be counted by nobody: Node up to 24. */
const { node, bun, deno } = process.versions as { node: string; bun?: string; deno?: string };
let reserves = bun === undefined && deno === undefined && Number.parseInt(node, 10) < 25;

/**
 * Returns at least `length` bytes of memory that V8 does not count. Each takes some gigabytes of address space, and no memory. A process whose address space
 * is limited is refused, for which V8 collects all garbage several times: so it is asked once.
 */
function reserve(length: number): Uint8Array | undefined {
  if (!reserves) return undefined;
  try {
    const pages = Math.ceil(length / WASM_PAGE_BYTES);
    return new Uint8Array(new webAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer);
  } catch {
    reserves = false; // a limited address space, or a runtime without WebAssembly
    return undefined;
  }
}

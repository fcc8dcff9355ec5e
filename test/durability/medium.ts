/**
 * What a disk may hold when the power fails: of each file the bytes that were synced, and of every 512-byte sector written since then any of its states, in
 * any combination; of the directory what was synced, and any of the changes since then. That is more than a kernel that orders some of it
 * leaves behind, and nothing less.
 */

export const SECTOR_BYTES = 512;

/** One file, named or not. */
export class MediumFile {
  /** What programs see. */
  cache: Buffer = Buffer.alloc(0);
  /** The bytes on the disk for sure, sector by sector; a hole was never written. */
  readonly durable: (Buffer | undefined)[] = [];
  durableBytes = 0;
  /** The states of each sector since then, oldest first, each with the instant it was seen. */
  readonly pending = new Map<number, { at: number; bytes: Buffer }[]>();
  sizes: { at: number; bytes: number }[] = [];
  /** Where a symbolic link leads. */
  readonly target: string | undefined;

  constructor(target?: string) {
    this.target = target;
  }

  /** Takes note that programs see `now`. */
  observe(now: Buffer, at: number): void {
    if (now.length !== this.cache.length) this.sizes.push({ at, bytes: now.length });
    for (let begin = 0; begin < now.length; begin += SECTOR_BYTES) {
      const sector = now.subarray(begin, begin + SECTOR_BYTES);
      const before = this.cache.subarray(begin, begin + SECTOR_BYTES);
      if (sector.equals(before) || (before.length === 0 && sector.every((byte) => byte === 0))) continue;
      const index = begin / SECTOR_BYTES;
      this.pending.set(index, [...(this.pending.get(index) ?? []), { at, bytes: Buffer.from(sector) }]);
    }
    this.cache = Buffer.from(now);
  }

  /** What was seen up to the instant `at` is on the disk. */
  sync(at: number): void {
    for (const [index, states] of this.pending) {
      const last = states.findLast((state) => state.at <= at);
      if (last === undefined) continue;
      this.durable[index] = last.bytes;
      const later = states.filter((state) => state.at > at);
      if (later.length === 0) this.pending.delete(index);
      else this.pending.set(index, later);
    }
    this.durableBytes = this.sizes.findLast((size) => size.at <= at)?.bytes ?? this.durableBytes;
    this.sizes = this.sizes.filter((size) => size.at > at);
  }
}

/** Changes of names that come to the disk together: a rename takes one away and gives another. */
export type NameChange = readonly { readonly name: string; readonly file: MediumFile | undefined }[];

/** A file as it was at a cut. */
interface FrozenFile {
  readonly file: MediumFile;
  readonly durable: readonly (Buffer | undefined)[];
  readonly durableBytes: number;
  readonly pending: readonly (readonly [number, readonly Buffer[]])[];
  readonly sizes: readonly number[];
}

/** An instant at which the power may fail. */
export interface Cut {
  readonly where: string;
  readonly files: readonly FrozenFile[];
  readonly names: ReadonlyMap<string, MediumFile>;
  readonly changes: readonly NameChange[];
}

/** Decides for each choice that the failing power makes: a number from 0, what was synced, to `newest`. */
export type Fate = (newest: number) => number;

/** The files that a machine finds when it comes back: bytes, or where a symbolic link leads. */
export type Image = Map<string, Buffer | string>;

export function freeze(
  where: string,
  files: Iterable<MediumFile>,
  names: Map<string, MediumFile>,
  changes: NameChange[],
): Cut {
  const frozen = [...files].map((file) => ({
    file,
    durable: [...file.durable],
    durableBytes: file.durableBytes,
    pending: [...file.pending].map(([index, states]) => [index, states.map(({ bytes }) => bytes)] as const),
    sizes: file.sizes.map(({ bytes }) => bytes),
  }));
  return { where, files: frozen, names: new Map(names), changes: [...changes] };
}

/** Returns how many states each thing can be in that the power decides upon, in the order in which `imageOf` asks. */
export function choicesOf(cut: Cut): number[] {
  const choices: number[] = [];
  imageOf(cut, (newest) => {
    choices.push(newest);
    return newest;
  });
  return choices;
}

/** Returns what is on the disk after a power failure at `cut`, as `fate` decides; what was never written is `garbage`. */
export function imageOf(cut: Cut, fate: Fate, garbage = 0): Image {
  const names = new Map(cut.names);
  for (const change of cut.changes) {
    if (fate(1) === 0) continue;
    for (const { name, file } of change) {
      if (file === undefined) names.delete(name);
      else names.set(name, file);
    }
  }
  const contents = new Map(cut.files.map((frozen) => [frozen.file, contentOf(frozen, fate, garbage)]));
  return new Map([...names].map(([name, file]) => [name, file.target ?? (contents.get(file) as Buffer)]));
}

function contentOf({ durable, durableBytes, pending, sizes }: FrozenFile, fate: Fate, garbage: number): Buffer {
  const size = sizes.length === 0 ? durableBytes : [durableBytes, ...sizes][fate(sizes.length)];
  const content = Buffer.alloc(size, garbage);
  const put = (index: number, bytes: Buffer | undefined): void => {
    if (bytes !== undefined && index * SECTOR_BYTES < size) bytes.copy(content, index * SECTOR_BYTES);
  };
  for (const [index, bytes] of durable.entries()) put(index, bytes);
  for (const [index, states] of pending) {
    const state = fate(states.length);
    if (state > 0) put(index, states[state - 1]);
  }
  return content;
}

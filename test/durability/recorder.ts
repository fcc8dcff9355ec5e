/** Records what a region does to its disk: calls that change names or sync, and, whenever it is asked, what stores have changed. */
import type * as Fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Cut, freeze, MediumFile, type NameChange } from './medium.js';

/** The real one: the module is replaced for everybody else. */
const fs = process.getBuiltinModule('node:fs');
const O_CREAT = fs.constants.O_CREAT;

export type SyncKind = 'segment' | 'control' | 'new file' | 'mark of a removal' | 'directory';

/** What a sync of this kind does: its work, nothing though it says so, or the work of those that did nothing before it, too. */
export type SyncRule = (kind: SyncKind) => 'works' | 'lies' | 'makes up';

export class Recorder {
  /** Where the region lives now; its files are what programs see. */
  directory: string;
  readonly #rule: SyncRule;
  /** Files that are open here, by inode. */
  #files = new Map<number, { file: MediumFile; fd: number | undefined }>();
  /** Names as programs see them, as the disk has them for sure, and what has changed since. */
  #names = new Map<string, MediumFile>();
  #durableNames = new Map<string, MediumFile>();
  #changes: NameChange[] = [];
  #now = 0;
  /** Called at each instant at which the power may fail. */
  onCut: (cut: Cut) => void = () => {};

  constructor(directory: string, rule: SyncRule = () => 'works') {
    this.directory = directory;
    this.#rule = rule;
  }

  /** Takes the files that are there for what the disk has. */
  adopt(): void {
    for (const name of fs.readdirSync(this.directory)) {
      const path = join(this.directory, name);
      this.created(path, fs.lstatSync(path).isSymbolicLink() ? fs.readlinkSync(path) : undefined);
    }
    this.#observe();
    for (const { file } of this.#files.values()) file.sync(this.#now);
    this.#settleNames();
  }

  /** The power may fail here. */
  cut(where: string): void {
    this.#observe();
    const files = [...this.#files.values()].map(({ file }) => file);
    this.onCut(freeze(where, files, this.#durableNames, this.#changes));
  }

  /** What programs see in the file `name`. */
  seen(name: string): Buffer {
    return this.#names.get(name)?.cache ?? Buffer.alloc(0);
  }

  /** Lets every process die here: the files go on in `directory`, as programs saw them, and so does what the disk has of them. */
  rebirth(directory: string): void {
    this.#observe();
    const files = [...this.#files.values()].map(({ file }) => file);
    this.close();
    const named = new Set(this.#names.values());
    for (const [i, file] of files.filter((file) => !named.has(file)).entries()) {
      this.#files.set(-i - 1, { file, fd: undefined }); // unlinked, but maybe not on the disk
    }
    for (const [name, file] of this.#names) {
      if (file.target === undefined) fs.writeFileSync(join(directory, name), file.cache, { mode: 0o600 });
      else fs.symlinkSync(file.target, join(directory, name));
      this.#track(join(directory, name), file);
    }
    this.directory = directory;
  }

  /** Forgets the files. Idempotent. */
  close(): void {
    for (const { fd } of this.#files.values()) if (fd !== undefined) fs.closeSync(fd);
    this.#files.clear();
  }

  /** A file may just have been created at `path`. */
  created(path: string, target?: string): void {
    const known = this.#names.get(basename(path));
    if (known !== undefined) return;
    const file = new MediumFile(target);
    this.#track(path, file);
    this.renamed([{ path, file }]);
  }

  /** Names have changed together. */
  renamed(change: { path: string; file: MediumFile | undefined }[]): void {
    const named = change.map(({ path, file }) => ({ name: basename(path), file }));
    this.#changes.push(named);
    for (const { name, file } of named) {
      if (file === undefined) this.#names.delete(name);
      else this.#names.set(name, file);
    }
  }

  fileAt(path: string): MediumFile | undefined {
    return this.#names.get(basename(path));
  }

  /** Begins a sync of an open file; the result ends it. */
  sync(fd: number, whole: boolean): () => void {
    this.#observe();
    const at = this.#now;
    const { ino } = fs.fstatSync(fd);
    const isDirectory = ino === fs.statSync(this.directory).ino;
    const file = this.#files.get(ino)?.file;
    if (file === undefined && !isDirectory) return () => {};
    const rule = this.#rule(file === undefined ? 'directory' : this.#kindOf(file, whole));
    if (rule === 'lies') return () => {};
    if (rule === 'makes up') return () => this.#syncAll(at);
    return () => (file === undefined ? this.#settleNames() : file.sync(at));
  }

  concerns(path: unknown): path is string {
    return typeof path === 'string' && dirname(path) === this.directory;
  }

  #kindOf(file: MediumFile, whole: boolean): SyncKind {
    const name = [...this.#names].find(([, named]) => named === file)?.[0] ?? '';
    if (whole) return name.endsWith('.tmp') ? 'new file' : 'mark of a removal';
    return name.endsWith('.seg') ? 'segment' : 'control';
  }

  #syncAll(at: number): void {
    for (const { file } of this.#files.values()) file.sync(at);
  }

  #settleNames(): void {
    this.#durableNames = new Map(this.#names);
    this.#changes = [];
  }

  #track(path: string, file: MediumFile): void {
    const { ino } = fs.lstatSync(path);
    this.#files.set(ino, { file, fd: file.target === undefined ? fs.openSync(path, 'r') : undefined });
  }

  #observe(): void {
    this.#now++;
    for (const { file, fd } of this.#files.values()) {
      if (fd === undefined) continue;
      const bytes = Buffer.alloc(fs.fstatSync(fd).size);
      fs.readSync(fd, bytes, 0, bytes.length, 0);
      file.observe(bytes, this.#now);
    }
  }
}

/** Returns the module `node:fs` with `recorder()` told of what happens in its directory, which passes for one on a disk. */
export function recordedFs(original: typeof Fs, recorder: () => Recorder | undefined): typeof Fs {
  const at = (path: unknown): Recorder | undefined => (recorder()?.concerns(path) ? recorder() : undefined);
  const during = (where: string, act: (active: Recorder) => void): void => {
    const active = recorder();
    if (active === undefined) return;
    act(active);
    active.cut(where);
  };
  const recorded = {
    ...original,
    statfsSync: (path: string) => ({ ...original.statfsSync(path), type: 0xef53 }),
    openSync(path: string, flags: number, mode?: number) {
      const fd = original.openSync(path, flags, mode);
      if ((flags & O_CREAT) !== 0 && at(path)) during('open', (active) => active.created(path));
      return fd;
    },
    symlinkSync(target: string, path: string) {
      original.symlinkSync(target, path);
      at(path)?.created(path, target);
    },
    linkSync(from: string, to: string) {
      original.linkSync(from, to);
      if (at(to)) during('link', (active) => active.renamed([{ path: to, file: active.fileAt(from) }]));
    },
    renameSync(from: string, to: string) {
      const file = at(from)?.fileAt(from);
      original.renameSync(from, to);
      const change = [
        { path: from, file: undefined },
        { path: to, file },
      ];
      if (at(to)) during('rename', (active) => active.renamed(change));
    },
    unlinkSync(path: string) {
      original.unlinkSync(path);
      if (at(path)) during('unlink', (active) => active.renamed([{ path, file: undefined }]));
    },
    fsyncSync(fd: number) {
      during('fsync', (active) => active.sync(fd, true)());
    },
    fdatasyncSync(fd: number) {
      during('fdatasync', (active) => active.sync(fd, false)());
    },
    fdatasync(fd: number, done: (error: null) => void) {
      const active = recorder();
      const end = active?.sync(fd, false);
      active?.cut('fdatasync begun');
      setImmediate(() => {
        end?.();
        active?.cut('fdatasync');
        done(null);
      });
    },
  };
  return { ...recorded, default: recorded } as unknown as typeof Fs;
}

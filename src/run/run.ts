/**
 * A master that publishes files, keeps them live, and runs the followers that read them: the loop behind `jsonmmap run`. Only this file knows both
 * halves, documents (`src/sources/`) and processes (`supervisor.ts`).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { relative } from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { JsonMmapError } from '../errors.js';
import { Master } from '../master/master.js';
import { regionDirectory } from '../mmap/directory.js';
import { RegionPaths } from '../region/paths.js';
import { loadFiles, type SourceFile } from '../sources/files.js';
import { FileWatch } from '../sources/watch.js';
import type { Command } from './follower-process.js';
import type { FollowerOutput } from './output.js';
import { type RosterEntry, removeRoster, survivors, writeRoster } from './roster.js';
import { type RunEnd, Supervisor } from './supervisor.js';

export interface RunOptions {
  readonly name: string;
  readonly dir: string | undefined;
  readonly mode: number | undefined;
  readonly history: number | undefined;
  readonly maxBytes: number | undefined;
  readonly durability: 'none' | 'disk' | undefined;
  readonly files: readonly SourceFile[];
  readonly schema: StandardSchemaV1 | undefined;
  /** Whether other processes may ask for writes. */
  readonly control: boolean;
  /** 0 publishes only. */
  readonly followers: number;
  readonly command: Command | undefined;
  readonly output: FollowerOutput;
  readonly graceMs: number;
  readonly crashesMax: number;
  /** Take over the followers of a supervisor that died. */
  readonly attach: boolean;
  /** Tells a person what happens. */
  readonly note: (message: string) => void;
  readonly fail: (error: JsonMmapError) => void;
}

export class Run {
  /** Resolves when it is over; rejects when a follower cannot be started. */
  readonly done: Promise<RunEnd>;
  readonly #options: RunOptions;
  readonly #paths: RegionPaths;
  readonly #master: Master;
  readonly #watch: FileWatch | undefined;
  readonly #supervisor: Supervisor | undefined;
  #end: ((reason: RunEnd) => void) | undefined;

  /**
   * Reads the files, publishes the document and starts the followers.
   * @throws `ERR_SOURCE`, `ERR_SCHEMA` for a document that cannot be published; `ERR_REGION_LOCKED` under another master, or where followers of a dead one still
   *   run and `attach` is not set; what `Master.open` throws
   */
  static async start(options: RunOptions): Promise<Run> {
    return new Run(options, await loadFiles(options.files));
  }

  private constructor(options: RunOptions, document: unknown) {
    const { name, dir, mode, files, attach } = options;
    this.#options = options;
    this.#paths = new RegionPaths(name, regionDirectory(dir, mode));
    const left = survivors(this.#paths);
    if (left.length > 0 && !attach) throw stillRunning(name, left);
    this.#master = openMaster(options, document);
    try {
      this.#watch = watchOf(files, () => void this.reload());
      this.#supervisor = this.#supervise(left);
    } catch (error) {
      this.#master.close();
      void this.#watch?.close();
      throw error;
    }
    const ended =
      this.#supervisor?.done ??
      new Promise<RunEnd>((resolve) => {
        this.#end = resolve;
      });
    this.done = ended.finally(() => this.#close());
  }

  get version(): number {
    return this.#master.version;
  }

  /** Reads the files again. What cannot be published is told, and the last good document stays. */
  async reload(): Promise<void> {
    const { files, note, fail } = this.#options;
    const before = this.#master.version;
    try {
      const version = this.#master.write(await loadFiles(files));
      if (version !== before) note(`version ${version} published`);
    } catch (error) {
      if (!(error instanceof JsonMmapError)) throw error;
      fail(error);
    }
  }

  /** Replaces the followers one by one. */
  restart(): Promise<void> {
    return this.#supervisor?.restart() ?? Promise.resolve();
  }

  /** Ends the followers, and then the run. Again: kills them. */
  stop(): void {
    this.#supervisor?.stop();
    this.#end?.('stopped');
  }

  #supervise(left: readonly RosterEntry[]): Supervisor | undefined {
    const { command, followers, output, graceMs, crashesMax, note, name } = this.#options;
    if (command === undefined || followers === 0) return undefined;
    if (left.length > 0) note(`follower ${left.map(({ worker }) => worker).join(', ')}: still running, adopted`);
    const env = { ...command.env, JSONMMAP_REGION: name, JSONMMAP_DIR: this.#paths.directory };
    return new Supervisor({
      followers,
      command: { ...command, env },
      output,
      graceMs,
      crashesMax,
      adopted: left,
      note,
      isFollowing: (pid) => hasOpened(pid, this.#paths.control),
      changed: (running) => writeRoster(this.#paths, running),
    });
  }

  async #close(): Promise<void> {
    await this.#watch?.close();
    removeRoster(this.#paths);
    this.#master.close();
    await this.#options.output.close();
  }
}

/** Whether a process has mapped a file, or holds it open. Only Linux tells; elsewhere nobody ever has. */
function hasOpened(pid: number, path: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes(`${path}\n`) || holdsOpen(pid, path);
  } catch {
    return false; // it has ended, or there is no /proc
  }
}

/** A follower without the addon maps nothing. */
function holdsOpen(pid: number, path: string): boolean {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).some((fd) => readlinkSync(`${directory}/${fd}`) === path);
}

/** The document replaces what an earlier master left, which may not pass the schema of this one. */
function openMaster(
  { name, dir, mode, history, maxBytes, durability, schema, control, note }: RunOptions,
  document: unknown,
): Master {
  const options = { dir, mode, history, maxBytes, durability, schema, document };
  try {
    return Master.open(name, { ...options, control });
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code !== 'ERR_UNSUPPORTED' || !control) throw error;
    note(`no writes are taken from other processes: ${error.message}`);
    return Master.open(name, options);
  }
}

function watchOf(files: readonly SourceFile[], onChange: () => void): FileWatch | undefined {
  const names = files.filter(({ bytes }) => bytes === undefined).map(({ name }) => name);
  return names.length === 0 ? undefined : new FileWatch(names, onChange);
}

function stillRunning(name: string, left: readonly RosterEntry[]): JsonMmapError {
  const pids = left.map(({ pid }) => pid).join(', ');
  return new JsonMmapError('ERR_REGION_LOCKED', `followers of an earlier run of ${name} are alive (pid ${pids})`, {
    cure: 'take them over with --attach, or end them first',
  });
}

/** How messages call a list of files. */
export function namesOf(files: readonly SourceFile[]): string {
  return files
    .map(({ name, bytes }) => (bytes === undefined ? relative(process.cwd(), name) || name : name))
    .join(' + ');
}

/** The region of a run: its master, and another one when the region's files are deleted under it. */
import { lstatSync } from 'node:fs';
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import { Master } from '../master/master.js';
import type { MasterOptions } from '../master/options.js';
import type { RegionPaths } from '../region/files/paths.js';
import { remove } from '../region/removal.js';
import type { RunLog } from './log.js';
import { tellRequests } from './requests.js';
import type { DoTask } from './tasks.js';

export interface PublishedRegionOptions {
  readonly paths: RegionPaths;
  /** Replaces what an earlier master left, which may not pass the schema of this one; undefined leaves it. */
  readonly document: unknown;
  readonly master: MasterOptions<unknown>;
  /** Whether other processes may ask for writes. */
  readonly control: boolean;
  readonly log: RunLog;
  /** Does what other processes ask the run for. */
  readonly doTask: DoTask;
  /** Called when the region was created again: other files beside it are gone too. */
  readonly renewed: () => void;
}

export class PublishedRegion {
  readonly #options: PublishedRegionOptions;
  #master: Master;
  /** The control file that is ours. */
  #file: string | undefined;
  #lost: JsonMmapError | undefined;

  /** @throws what `Master.open` throws */
  constructor(options: PublishedRegionOptions) {
    this.#options = options;
    this.#master = this.#open(options.document);
  }

  /** Another one after `renewed` was called. */
  get master(): Master {
    return this.#master;
  }

  get version(): number {
    return this.#master.version;
  }

  /** Why the region could not be kept, and nothing can be published any more. */
  get lost(): JsonMmapError | undefined {
    return this.#lost;
  }

  /** Publishes `document`, in a new region where the one that was is gone. @throws what `Master.write` throws; see `lost` */
  write(document: unknown): number {
    try {
      return this.#master.write(document);
    } catch (error) {
      if (!isFenced(error)) throw error;
      this.#renew(document);
      return this.version;
    }
  }

  /**
   * Checks whether the files still exist: clean-up tools (systemd's RemoveIPC, tmpfiles) delete them silently. Creates the region again then, with the
   * document that it had. A system call for each file. @throws see `lost`
   */
  check(): void {
    if (this.#lost === undefined && !this.#stands()) this.#renew(this.#master.current);
  }

  close(): void {
    this.#master.close();
  }

  #stands(): boolean {
    return this.#file === fileAt(this.#options.paths) && this.#master.sizes().every(({ path }) => isThere(path));
  }

  #renew(document: unknown): void {
    const { paths, log, renewed } = this.#options;
    log.note(`the files of the region ${paths.name} were deleted, or taken: creating it again`, {
      event: 'lost',
      region: paths.name,
    });
    try {
      closeQuietly(this.#master);
      this.#master = this.#openAgain(document);
    } catch (error) {
      this.#lost = lossOf(paths.name, error);
      throw this.#lost;
    }
    renewed();
    log.note(`${paths.name} version ${this.version} published, in a new region`, {
      event: 'published',
      region: paths.name,
      version: this.version,
    });
  }

  /** Where only some files were deleted, what is left is damaged. */
  #openAgain(document: unknown): Master {
    try {
      return this.#open(document);
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_CORRUPT') throw error;
      const { name, directory } = this.#options.paths;
      remove(name, { dir: directory });
      return this.#open(document);
    }
  }

  #open(document: unknown): Master {
    const { paths, log, doTask } = this.#options;
    const master = this.#openMaster(document);
    this.#file = fileAt(paths);
    tellRequests(master, log);
    master.takeTasks(doTask);
    return master;
  }

  #openMaster(document: unknown): Master {
    const { paths, control, log } = this.#options;
    const options = { ...this.#options.master, document };
    try {
      return Master.open(paths.name, { ...options, control });
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_UNSUPPORTED' || !control) throw error;
      log.note(`no writes are taken from other processes: ${error.message}`);
      return Master.open(paths.name, options);
    }
  }
}

function isFenced(error: unknown): boolean {
  return error instanceof JsonMmapError && error.code === 'ERR_FENCED';
}

/** It has lost its region: nothing that it could still say matters. */
function closeQuietly(master: Master): void {
  try {
    master.close();
  } catch {
    // a commit that was on its way is lost with the region
  }
}

function lossOf(name: string, error: unknown): JsonMmapError {
  if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_LOCKED') {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof JsonMmapError ? error.code : 'ERR_SYSTEM';
    return new CommandError(code, `the region ${name} is gone, and could not be made anew: ${message}`, {
      cause: error,
    });
  }
  const { pid } = error as { pid?: unknown };
  const holder = typeof pid === 'number' ? `process ${pid}` : 'another process';
  return new CommandError('ERR_FENCED', `the region ${name} was taken: ${holder} is its master now`, {
    cause: error,
    cure: 'end that one, and start this again',
  });
}

function fileAt({ control }: RegionPaths): string | undefined {
  const stats = lstatSync(control, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

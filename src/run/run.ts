/**
 * A master that publishes files, keeps them live, and runs the followers that read them: the loop behind `jsonmmap run`. Only this file knows both
 * halves, documents (`src/sources/`) and processes (`supervisor.ts`).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { CommandError } from '../command-error.js';
import type { JsonMmapError } from '../errors.js';
import { RegionPaths } from '../region/files/paths.js';
import { type Layer, loadFiles, loadLayers, type SourceFile } from '../sources/files.js';
import type { FileWatch } from '../sources/watch.js';
import { regionDirectory } from '../system/directory.js';
import type { Agent } from '../upstream/agent/agent.js';
import { Conflated } from './conflated.js';
import { firstDocument, type Sources, watchOf, withLayers } from './documents.js';
import type { Command } from './follower-process.js';
import type { RunLog } from './log.js';
import { type MetricsAddress, type MetricsServer, serveMetrics } from './metrics-server.js';
import { originsOf } from './origins.js';
import type { FollowerOutput } from './output.js';
import { membersOf } from './process-group.js';
import type { RosterEntry } from './proof.js';
import { PublishedRegion } from './published-region.js';
import { removeRoster, survivors, writeRoster } from './roster.js';
import { type RunEnd, Supervisor } from './supervisor.js';
import { Tasks } from './tasks.js';
import { begun, follow, UpstreamLayer, type UpstreamSettings } from './upstream.js';

export interface RunOptions extends Sources {
  readonly name: string;
  readonly dir: string | undefined;
  readonly mode: number | undefined;
  readonly history: number | undefined;
  readonly maxBytes: number | undefined;
  readonly durability: 'none' | 'disk' | undefined;
  readonly upstream: UpstreamSettings;
  readonly schema: StandardSchemaV1 | undefined;
  /** Whether other processes may ask for writes. */
  readonly control: boolean;
  /** 0 publishes only. */
  readonly followers: number;
  readonly command: Command | undefined;
  readonly output: FollowerOutput;
  readonly graceMs: number;
  readonly crashesMax: number;
  /** Take over the followers of a run that died. */
  readonly attach: boolean;
  /** Where to serve metrics and health. */
  readonly metrics: MetricsAddress | undefined;
  readonly log: RunLog;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

/** How often a run looks whether the files of its region still stand. */
const LOOK_EVERY_MS = 1000;

export class Run {
  /** Resolves when it is over, and no follower runs; rejects then with what has ended it, such as a follower that could not be started. */
  done!: Promise<RunEnd>;
  readonly #options: RunOptions;
  readonly #paths: RegionPaths;
  /** Followers of a run that died. */
  readonly #left: readonly RosterEntry[];
  readonly #region: PublishedRegion;
  readonly #watch: FileWatch | undefined;
  readonly #layers: readonly UpstreamLayer[];
  #supervisor: Supervisor | undefined;
  /** Fills the region, where an upstream alone is the source. */
  #agent: Agent | undefined;
  readonly #loads = new Conflated(() => this.#load());
  readonly #tasks: Tasks;
  #look: NodeJS.Timeout | undefined;
  #metrics: MetricsServer | undefined;
  /** The version of the document that the files made last. */
  #loaded: number;
  readonly #stopped = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  /**
   * Publishes the document and starts the followers. The files are watched before they are read, so no later change is missed.
   * @throws `ERR_SOURCE`, `ERR_SCHEMA` for a document that cannot be published; `ERR_REGION_LOCKED` under another master, or where
   *   followers of a dead one still run and `attach` is not set; what `Master.open` throws; the reason of `signal`
   */
  static async start(options: RunOptions): Promise<Run> {
    let run: Run | undefined;
    let hasChanged = false;
    const reload = (): void => {
      hasChanged = true;
      run?.reload();
    };
    const watch = watchOf(options.files, reload);
    const { upstreams, upstream, log, signal } = options;
    const isAlone = options.files.length === 0;
    const layers = isAlone ? [] : upstreams.map(({ url }) => new UpstreamLayer(url, upstream, log, reload));
    try {
      const changes = (): boolean => {
        const before = hasChanged;
        hasChanged = false;
        return watch?.look() === true || before;
      };
      await Promise.all(layers.map((layer) => layer.begun(signal)));
      const files = (): SourceFile[] => withLayers(options, layers);
      const document = isAlone ? undefined : await unlessAborted(firstDocument(files, changes), signal);
      run = new Run(options, document, watch, layers);
      await run.#begin();
    } catch (error) {
      watch?.close();
      await Promise.all(layers.map((layer) => layer.close()));
      throw error;
    }
    if (hasChanged) run.reload();
    return run;
  }

  private constructor(
    options: RunOptions,
    document: unknown,
    watch: FileWatch | undefined,
    layers: readonly UpstreamLayer[],
  ) {
    const { name, dir, mode } = options;
    this.#options = options;
    this.#watch = watch;
    this.#layers = layers;
    this.#paths = new RegionPaths(name, regionDirectory(dir, mode));
    this.#left = this.#survivors();
    this.#tasks = new Tasks({
      name,
      log: options.log,
      hasFiles: options.files.length > 0,
      load: () => this.#loads.request(),
      restart: () => this.#supervisor?.restart(),
      layers: () => this.#readLayers(),
      origins: (path, read) => originsOf(this.#region.master.current, read, path),
      version: () => this.version,
      isEnding: () => this.#stopped.signal.aborted,
    });
    this.#region = this.#openRegion(document);
    this.#loaded = this.#region.version;
  }

  /** Begins with the followers when there is a document for them. */
  async #begin(): Promise<void> {
    const { upstream, signal } = this.#options;
    try {
      this.#follow();
      await this.#serveMetrics();
      if (this.#agent !== undefined) await begun(this.#agent, this.#region.master, upstream, signal);
      this.#supervisor = this.#supervise(this.#left);
    } catch (error) {
      await this.#agent?.close();
      await this.#metrics?.close();
      this.#region.close();
      throw error;
    }
    this.#look = setInterval(() => this.#attempt(() => this.#region.check()), LOOK_EVERY_MS);
    this.done = this.#untilOver();
  }

  get version(): number {
    return this.#region.version;
  }

  /** Reads the files again, and once more if a read is in progress. A document that cannot be published is reported, and the last good one stays. */
  reload(): void {
    void this.#loads.request();
  }

  /** Replaces the followers one by one. */
  restart(): void {
    void this.#supervisor?.restart();
  }

  /** Ends the followers, and then the run. Again: kills them. */
  stop(): void {
    this.#supervisor?.stop();
    this.#stopped.abort();
  }

  /** Ends the followers, and then the run with this error, which should not be. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    if (!this.#stopped.signal.aborted) this.stop();
  }

  /** Stops the followers until `resume`, as the terminal stops a job. */
  suspend(): void {
    this.#supervisor?.signal('SIGSTOP');
  }

  resume(): void {
    this.#supervisor?.signal('SIGCONT');
  }

  #survivors(): readonly RosterEntry[] {
    const { name, attach, log } = this.#options;
    const left = survivors(this.#paths, ({ pid }) =>
      log.note(`process ${pid} may be a follower of an earlier run: left alone`),
    );
    if (left.length > 0 && !attach) throw stillRunning(name, left);
    return left;
  }

  /** Where an upstream alone is the source: has an agent fill the region that there is now. */
  #follow(): void {
    const { files, upstreams, upstream, log } = this.#options;
    if (files.length > 0) return;
    void this.#agent?.close();
    this.#agent = follow(upstreams[0].url, this.#region.master, upstream, log);
    this.#agent.on('applied', ({ version, position }) => {
      const details = { event: 'published', region: this.#options.name, version, position };
      log.note(`version ${version} published, revision ${position.sequence}`, details);
    });
  }

  async #serveMetrics(): Promise<void> {
    const { metrics, log } = this.#options;
    if (metrics === undefined) return;
    this.#metrics = await serveMetrics(metrics, {
      master: () => this.#region.master,
      illness: () => this.#illness(),
    });
    log.note(`metrics are at ${this.#metrics.url}`, { event: 'metrics', url: this.#metrics.url });
  }

  /** Why health is not good. */
  #illness(): string | undefined {
    if (this.#failure !== undefined || this.#region.lost !== undefined) return 'the region is lost';
    if (this.#stopped.signal.aborted) return 'the run is ending';
    return this.version === 0 ? 'there is no document yet' : undefined;
  }

  /** Never rejects: errors of files are reported, and returned. */
  async #load(): Promise<unknown> {
    const { log, files } = this.#options;
    if (files.length === 0) return undefined; // the agent reads
    try {
      const document = await loadFiles(withLayers(this.#options, this.#layers));
      return this.#attempt(() => {
        if (this.#stopped.signal.aborted) return;
        const before = this.version;
        const version = this.#region.write(document);
        const loaded = this.#loaded;
        this.#loaded = version;
        if (version === before) return;
        const undone = before > loaded ? `: what other processes wrote since version ${loaded} is undone` : '';
        log.note(`version ${version} published${undone}`, { event: 'published', region: this.#options.name, version });
      });
    } catch (error) {
      log.fail(error);
      return error;
    }
  }

  /** Reads the files again, so that nothing is kept for origins. */
  async #readLayers(): Promise<readonly Layer[]> {
    if (this.#options.files.length > 0) return loadLayers(withLayers(this.#options, this.#layers));
    const { source } = this.#agent?.status() ?? {};
    return source === undefined ? [] : [{ name: source, value: this.#region.master.current }];
  }

  /** Runs an operation on the region. An error is reported and returned, and ends the run only if the region is lost. */
  #attempt(act: () => void): unknown {
    try {
      act();
      return undefined;
    } catch (error) {
      if (this.#region.lost === undefined) this.#options.log.fail(error);
      else this.fail(this.#region.lost);
      return error;
    }
  }

  #openRegion(document: unknown): PublishedRegion {
    const { dir, mode, history, maxBytes, durability, schema, control, log } = this.#options;
    return new PublishedRegion({
      paths: this.#paths,
      document,
      master: { dir, mode, history, maxBytes, durability, schema },
      control,
      log,
      doTask: (task, by) => this.#tasks.do(task, by),
      renewed: () => {
        this.#note(this.#supervisor?.running ?? []);
        this.#follow();
      },
    });
  }

  #supervise(left: readonly RosterEntry[]): Supervisor | undefined {
    const { command, followers, output, graceMs, crashesMax, log, name } = this.#options;
    if (command === undefined || followers === 0) return undefined;
    if (left.length > 0) log.note(`follower ${left.map(({ worker }) => worker).join(', ')}: still running, adopted`);
    const env = { ...command.env, JSONMMAP_REGION: name, JSONMMAP_DIR: this.#paths.directory };
    return new Supervisor({
      followers,
      command: { ...command, env },
      output,
      graceMs,
      crashesMax,
      adopted: left,
      note: (message) => log.note(message),
      isFollowing: (follower) =>
        hasOpened(follower.pid, this.#paths.control) ||
        (membersOf(follower) ?? []).some((pid) => hasOpened(pid, this.#paths.control)),
      changed: (running) => this.#note(running),
    });
  }

  /** The followers run on whether or not the next run will know of them. */
  #note(running: readonly RosterEntry[]): void {
    try {
      writeRoster(this.#paths, running);
    } catch (error) {
      this.#options.log.fail(error);
    }
  }

  async #untilOver(): Promise<RunEnd> {
    try {
      const end = await (this.#supervisor?.done ?? aborted(this.#stopped.signal));
      if (this.#failure !== undefined) throw this.#failure.error;
      return end;
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#look);
    this.#watch?.close();
    await this.#metrics?.close();
    await this.#agent?.close();
    await Promise.all(this.#layers.map((layer) => layer.close()));
    this.#attempt(() => removeRoster(this.#paths));
    this.#attempt(() => this.#region.close());
    await this.#options.output.close();
  }
}

function aborted(signal: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped'), { once: true }));
}

/** @throws the reason of `signal`, at once; the outcome of `work` is then ignored */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const gone = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
  return Promise.race([work, gone]);
}

/** Whether a process has mapped a file, or holds it open. Known on Linux only; elsewhere false. */
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

function stillRunning(name: string, left: readonly RosterEntry[]): JsonMmapError {
  const pids = left.map(({ pid }) => pid).join(', ');
  return new CommandError('ERR_REGION_LOCKED', `followers of an earlier run of ${name} are alive (pid ${pids})`, {
    cure: 'take them over with --attach, or end them first',
  });
}

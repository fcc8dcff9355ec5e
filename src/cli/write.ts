/** Writing from outside the master: through the one that lives and takes requests, else as the master for the moment of the write. */
import { type Command, Option } from 'commander';
import { JsonMmapError } from '../errors.js';
import { applyRequest } from '../master/apply-request.js';
import { Master } from '../master/master.js';
import { conflict } from '../region/errors.js';
import { RegionReader } from '../region/reader.js';
import { requestWrite } from '../write-requests/client.js';
import type { WriteRequest } from '../write-requests/protocol.js';
import { dirOption, type JsonOption, jsonOption, milliseconds, millisecondsAboveZero, wholeNumber } from './command.js';
import { withCure } from './failure.js';
import type { Io } from './io.js';
import { inDirectory, lockedBy } from './region.js';
import type { RegionSettings } from './region-settings.js';
import { inDir, ourCommand } from './shell.js';

export interface WriteOptions extends JsonOption {
  readonly dir?: string;
  /** Milliseconds. */
  readonly wait?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly ifVersion?: number;
}

/** Adds the options of a verb that writes. */
export function writes(command: Command): Command {
  return command
    .addOption(dirOption())
    .addOption(
      new Option(
        '--if-version <version>',
        'only if this is the newest version; 0: only if there is no document yet',
      ).argParser(wholeNumber),
    )
    .addOption(
      new Option('--wait <time>', 'wait this long for a master that takes no requests to end').argParser(milliseconds),
    )
    .addOption(
      new Option(
        '--timeout <time>',
        'wait this long for the answer of the master (default: 10s, and 100ms for each MiB)',
      ).argParser(millisecondsAboveZero),
    )
    .addOption(jsonOption());
}

/** What a write did. */
export interface Written {
  readonly name: string;
  readonly version: number;
  /** 0 for a region that was new. */
  readonly previousVersion: number;
  readonly changed: boolean;
  /** Whether a living master did it. */
  readonly byMaster: boolean;
  /** The version whose document, or value, this one has again. */
  readonly revertedTo?: number;
}

/**
 * Performs a write in an existing region, and prints its version.
 * @throws `ERR_REGION_NOT_FOUND`, `ERR_REGION_LOCKED`, `ERR_CONFLICT`, and what the write throws
 */
export async function write(io: Io, name: string, options: WriteOptions, request: WriteRequest): Promise<void> {
  await tellWritten(io, options, await perform(name, options, request, `jsonmmap ${request.verb}`));
}

/** The same without a word. @param as What the command calls itself to the master. */
export async function perform(
  name: string,
  options: WriteOptions,
  request: WriteRequest,
  as: string,
): Promise<Written> {
  const before = inDirectory(options, () => lookAt(name, options.dir));
  return writeAfter(before, name, options, request, { history: before.history }, as);
}

/** Replaces the document of a region, which is created if it is missing. @throws `ERR_REGION_LOCKED`, `ERR_CONFLICT`, and what the write throws */
export function publish(
  name: string,
  options: WriteOptions,
  value: unknown,
  settings: RegionSettings,
): Promise<Written> {
  const before = lookAtIfThere(name, options.dir); // the directory may be missing, too
  const history = settings.history ?? before?.history;
  return writeAfter(before, name, options, { verb: 'write', value }, { ...settings, history }, 'jsonmmap publish');
}

export async function tellWritten(io: Io, { json }: JsonOption, result: Written): Promise<void> {
  if (json) await io.printJson(result);
  else
    await io.print(`${io.paint('bold', result.name)}  version ${result.version}  ${io.paint('dim', remark(result))}`);
}

function remark({ previousVersion, changed, byMaster, revertedTo }: Written): string {
  const what = !changed ? 'unchanged' : previousVersion === 0 ? 'new' : `after ${previousVersion}`;
  const as = revertedTo === undefined ? '' : `, as in version ${revertedTo}`;
  return `${what}${as}${byMaster ? ', by its master' : ''}`;
}

interface Before {
  readonly version: number;
  readonly history: number | undefined;
}

async function writeAfter(
  before: Before | undefined,
  name: string,
  options: WriteOptions,
  write: WriteRequest,
  settings: RegionSettings,
  as: string,
): Promise<Written> {
  const { ifVersion } = options;
  const previousVersion = before?.version ?? 0;
  // The process that writes decides. A write that is known to be in vain neither creates a region nor changes its settings.
  if (ifVersion !== undefined && ifVersion !== previousVersion) throw conflict(ifVersion, previousVersion);
  const request = { ...write, ifVersion };
  const answer = await askMaster(name, options, request, as);
  const version = answer?.version ?? writeAsMaster(name, options, request, settings);
  return { name, version, previousVersion, changed: version !== previousVersion, byMaster: answer !== undefined };
}

/** Undefined where no master takes requests. */
async function askMaster(
  name: string,
  { dir, timeout }: WriteOptions,
  request: WriteRequest,
  as: string,
): Promise<{ version: number } | undefined> {
  try {
    return await requestWrite(name, { dir, timeoutMs: timeout, as }, request);
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code !== 'ERR_UNANSWERED') throw error;
    const { pid, elsewhere } = error as { pid?: number; elsewhere?: boolean };
    const wake = pid === undefined || elsewhere ? '' : `kill -CONT ${pid} lets a stopped one go on; `;
    throw withCure(
      error,
      `${wake}see what is there with ${ourCommand('log', name, ...inDir(dir))}, or allow more time with --timeout <time>`,
    );
  }
}

function writeAsMaster(
  name: string,
  { dir, wait }: WriteOptions,
  request: WriteRequest,
  settings: RegionSettings,
): number {
  const master = openMaster(name, {
    dir,
    ...settings,
    wait: wait === undefined ? undefined : { timeoutMs: wait },
  });
  try {
    return applyRequest(master, request);
  } finally {
    master.close();
  }
}

function openMaster(name: string, options: Parameters<typeof Master.open>[1]): Master {
  try {
    return Master.open(name, options);
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_LOCKED') throw error;
    throw takesNoRequests(name, options?.dir, error);
  }
}

/** Returns the error for a region whose master lives and takes no requests, in the words of the command. */
export function takesNoRequests(name: string, dir: string | undefined, error: JsonMmapError): JsonMmapError {
  const { elsewhere } = error as { elsewhere?: boolean };
  const cure = elsewhere
    ? `open it with { control: true }, or stop it; if it is dead: ${ourCommand('rm', name, '--force', ...inDir(dir))}, and publish the document again`
    : 'open it with { control: true }, stop it, or wait for its end with --wait <time>';
  return lockedBy(name, error, ' that takes no requests', cure);
}

function lookAt(name: string, dir: string | undefined): Before {
  const reader = RegionReader.open(name, { dir });
  try {
    const acquired = reader.acquire();
    acquired?.segment.release();
    // A region that no master has opened to the end says 0, which is no history to go on with.
    return { version: acquired?.commit.version ?? 0, history: reader.status().history || undefined };
  } finally {
    reader.close();
  }
}

function lookAtIfThere(name: string, dir: string | undefined): Before | undefined {
  try {
    return lookAt(name, dir);
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_NOT_FOUND') return undefined;
    throw error;
  }
}

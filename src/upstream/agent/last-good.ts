/** The last good document in a file, for a start while the upstream cannot be reached and the region is gone: after a restart of the machine. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { perform } from '../../errors.js';
import { sha256 } from '../log/entry.js';
import { parseJson, parseSmallJson } from '../log/hostile-json.js';
import type { Position } from '../log/position.js';
import type { FollowedRegion } from './region.js';

export interface LastGood {
  readonly position: Position;
  readonly document: unknown;
}

/** The last good document is written at most so often, and takes at most a twentieth of the time. */
const EVERY_MS = 1000;
const SHARE = 20;

/** Brings the file and the region together: the file follows the region, but at the start. */
export class LastGoodKeeper {
  readonly #file: LastGoodFile;
  readonly #region: FollowedRegion;
  #keptAt: Position | undefined;
  #dueAt = 0;

  /** @throws what `LastGoodFile` throws */
  constructor(directory: string, name: string, source: string, region: FollowedRegion) {
    this.#file = new LastGoodFile(directory, name, source);
    this.#region = region;
  }

  /** Publishes the document of the file where the region has none. */
  restore(): void {
    const found = this.#region.current === undefined ? this.#file.read() : undefined;
    if (found === undefined) return;
    this.#region.replace(found.position, found.document);
    this.#keptAt = found.position;
  }

  /** Writes the document of the region, if it is another one and it is time; the last time in any case. @throws what `LastGoodFile.write` throws */
  keep(isLast: boolean): void {
    const { position } = this.#region;
    const begin = performance.now();
    if (position === undefined || position.sequence === this.#keptAt?.sequence) return;
    if (!isLast && begin < this.#dueAt) return;
    try {
      this.#file.write(position, this.#region.current);
      this.#keptAt = position;
    } finally {
      const end = performance.now();
      this.#dueAt = end + Math.max(EVERY_MS, (end - begin) * SHARE);
    }
  }
}

/** One line that says what follows, and the document as JSON. Replaced whole: a reader has the old file or the new one. */
export class LastGoodFile {
  readonly path: string;
  readonly #source: string;

  /** @throws `ERR_REGION_DENIED`, `ERR_SYSTEM` where the directory cannot be made */
  constructor(directory: string, name: string, source: string) {
    perform(`make ${directory}`, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
    this.path = join(directory, `${name}.last-good`);
    this.#source = source;
  }

  /** Returns what the file holds; undefined where there is none, it is damaged, or from another upstream. */
  read(): LastGood | undefined {
    try {
      const bytes = readFileSync(this.path);
      const end = bytes.indexOf(10);
      const line = parseSmallJson(this.path, bytes.subarray(0, end)) as Record<string, unknown>;
      const text = bytes.subarray(end + 1);
      const { source, sequence, id } = line;
      if (source !== this.#source || line.sha256 !== digest(source as string, sequence, id, text)) return undefined;
      return { position: { sequence: sequence as number, id: id as string }, document: parseJson(this.path, text) };
    } catch {
      return undefined; // there is none, or nothing to rely on
    }
  }

  /** Blocks until the file is on the disk. O(document). @throws `ERR_NO_SPACE`, `ERR_SYSTEM`; the old file stays then */
  write({ sequence, id }: Position, document: unknown): void {
    const text = Buffer.from(JSON.stringify(document));
    const line = { jsonmmap: 1, source: this.#source, sequence, id, sha256: digest(this.#source, sequence, id, text) };
    perform(`write ${this.path}`, () => this.#replace(Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), text])));
  }

  #replace(bytes: Uint8Array): void {
    const temporary = `${this.path}.${process.pid}.tmp`;
    const fd = openSync(temporary, 'w', 0o600);
    try {
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }
}

function digest(source: string, sequence: unknown, id: unknown, text: Uint8Array): string {
  return sha256(`${JSON.stringify([source, sequence, id])}\n${sha256(text)}`);
}

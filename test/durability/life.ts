/** A region whose disk is recorded while masters live and die on it. */
import { expect } from 'vitest';
import type { Master, MasterOptions } from '../../src/index.js';
import { newDirectory } from './directories.js';
import type { Library } from './library.js';
import { machine } from './machine.js';
import type { Cut } from './medium.js';
import { Recorder, type SyncRule } from './recorder.js';

/** How many versions its masters guarantee, unless they are asked for another number. */
export const HISTORY = 3;
const VERSION_WORD = 64;

/** An instant, and what has to come back from it. */
export interface Moment {
  readonly cut: Cut;
  /** The last version that was acknowledged, or that a follower could see. */
  readonly least: number;
  /** The last version that was begun. */
  readonly most: number;
  /** How many versions have to come back. */
  readonly history: number;
  /** Whether somebody has begun to remove the region, or has done so. */
  readonly removal: 'none' | 'begun' | 'done';
}

interface Payload {
  readonly version: number;
  /** A version that was lost with its master is written again, with another content. */
  readonly attempt: number;
  readonly text: string;
  readonly list: readonly number[];
}

/** Says its version in every part. */
export function payload(version: number, bytes: number, attempt: number): Payload {
  const list = Array.from({ length: 5 + (version % 7) }, (_, i) => version * 100 + i + attempt / 8);
  return { version, attempt, text: `${version}.${attempt},`.repeat(bytes / 4), list };
}

export class Life {
  readonly moments: Moment[] = [];
  /** What each version is. */
  readonly documents = new Map<number, unknown>();
  /** Whether a master is taking over just now. */
  takingOver = false;
  readonly #library: Library;
  readonly #recorder: Recorder;
  #master: Master<Payload> | undefined;
  #acknowledged = 0;
  #removal: Moment['removal'] = 'none';
  #history = HISTORY;
  #attempt = 0;
  /** The steps that are still to be passed before the end. */
  #killAfter: string[] = [];

  constructor(library: Library, rule?: SyncRule) {
    this.#library = library;
    this.#recorder = new Recorder(newDirectory(), rule);
    this.#recorder.onCut = (cut) => this.#note(cut);
    machine.recorder = this.#recorder;
    library.setFailpointHook((step) => this.#pass(step));
  }

  get master(): Master<Payload> {
    return this.#master as Master<Payload>;
  }

  open(options: MasterOptions<Payload> = {}): this {
    const initial = payload(1, 10, 0);
    this.#history = options.history ?? HISTORY;
    if (this.documents.size === 0) this.documents.set(1, initial);
    const where = { dir: this.#recorder.directory, durability: 'disk', history: HISTORY, initial } as const;
    this.#master = this.#library.Master.open<Payload>('doc', { ...where, ...options });
    this.#acknowledged = this.master.version;
    return this;
  }

  /** Publishes a version of about as many bytes. */
  publish(bytes = 100): this {
    const version = this.master.version + 1;
    const document = payload(version, bytes, this.#attempt);
    this.documents.set(version, document);
    expect(this.master.write(document)).toBe(version);
    this.#acknowledged = version;
    this.#recorder.cut('acknowledged');
    return this;
  }

  /** Makes writes that become durable together. */
  async group(writes: number): Promise<this> {
    for (let i = 0; i < writes; i++) {
      const document = { ...this.master.current, [`key ${i}`]: writes };
      this.documents.set(this.master.set([`key ${i}`], writes), document);
    }
    this.#acknowledged = await this.master.durable();
    this.#recorder.cut('acknowledged');
    return this;
  }

  /**
   * Dies in the midst of `act`, when it has passed these steps one after the other; what follows is another process of the same machine. Moments
   * before that are forgotten: lives without this end have the same.
   */
  die(steps: string, act: () => void): this {
    this.#killAfter = steps.split(' ');
    expect(act).toThrow();
    expect(this.#killAfter).toEqual([]);
    this.moments.splice(0, this.moments.length - 1);
    this.#attempt++;
    this.master.close();
    return this;
  }

  remove(): this {
    this.master.close();
    this.#removal = 'begun';
    this.#library.remove('doc', { dir: this.#recorder.directory });
    this.#removal = 'done';
    this.#recorder.cut('removed');
    return this;
  }

  /** Ends it; its moments are there to be looked at. */
  end(): this {
    machine.recorder = undefined;
    this.#library.setFailpointHook(undefined);
    this.#master?.close();
    this.#recorder.close();
    return this;
  }

  #pass(step: string): void {
    if (machine.recorder === undefined) return;
    if (step.startsWith('takeover:')) this.takingOver = step !== 'takeover:ready';
    machine.recorder.cut(step);
    if (step !== this.#killAfter[0]) return;
    this.#killAfter.shift();
    if (this.#killAfter.length > 0) return;
    this.#recorder.rebirth(newDirectory());
    machine.deaths++;
    throw new Error('killed');
  }

  #note(cut: Cut): void {
    const control = this.#recorder.seen('doc.ctl');
    const seen = control.length > VERSION_WORD ? control.readDoubleLE(VERSION_WORD) : 0;
    const least = Math.max(this.#acknowledged, seen);
    const most = Math.max(0, ...this.documents.keys());
    this.moments.push({ cut, least, most, history: this.#history, removal: this.#removal });
  }
}

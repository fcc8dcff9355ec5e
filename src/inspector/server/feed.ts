/** What a page is told while it is open: versions as they are published, and the state of the region, as server-sent events. */
import type { ServerResponse } from 'node:http';
import { JsonMmapError } from '../../errors.js';
import type { ChangeEvent, RegionState } from '../api.js';
import { BadRequest } from './answers.js';
import { changesBetween } from './changes.js';
import { type Session, snapshotIfKept } from './session.js';

/** Between two messages about changes: no eye sees more, and a burst of versions becomes one step. */
const STEP_MS = 50;
const STATUS_MS = 1000;
/** Of one region. A browser has six connections to a server, so these are many pages. */
const FEEDS_MAX = 32;

/** Sends a region's changes and its state until the connection ends. @throws `BadRequest` where too many pages look at the region */
export function feed(session: Session, response: ServerResponse, stateOf: (session: Session) => RegionState): void {
  if (session.feeds >= FEEDS_MAX) throw new BadRequest(503, `${FEEDS_MAX} pages look at this region already`);
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  new Feed(session, response, stateOf).begin();
}

class Feed {
  readonly #session: Session;
  readonly #response: ServerResponse;
  readonly #stateOf: (session: Session) => RegionState;
  /** The newest version that the page knows of. */
  #told: number;
  #step: NodeJS.Timeout | undefined;
  #ticker: NodeJS.Timeout | undefined;

  constructor(session: Session, response: ServerResponse, stateOf: (session: Session) => RegionState) {
    this.#session = session;
    this.#response = response;
    this.#stateOf = stateOf;
    this.#told = session.follower.version;
  }

  begin(): void {
    const { follower } = this.#session;
    this.#session.feeds++;
    this.#ticker = setInterval(() => this.#tick(), STATUS_MS);
    follower.on('change', this.#onChange);
    follower.on('removed', this.#onRemoved);
    this.#response.once('close', () => this.#end());
    this.#tick();
  }

  #tick(): void {
    this.#attempt(() => this.#sendState());
    void this.#session.refreshReport(); // for the next one
  }

  #end(): void {
    const { follower } = this.#session;
    this.#session.feeds--;
    clearInterval(this.#ticker);
    clearTimeout(this.#step);
    follower.off('change', this.#onChange);
    follower.off('removed', this.#onRemoved);
  }

  readonly #onChange = (): void => {
    this.#session.observe();
    this.#step ??= setTimeout(() => this.#attempt(() => this.#sendStep()), STEP_MS);
  };

  readonly #onRemoved = (): void => this.#send('removed', {});

  #sendStep(): void {
    this.#step = undefined;
    if (this.#response.writableNeedDrain) {
      this.#onChange(); // a page that does not read gets the newest when it does
      return;
    }
    if (this.#session.follower.version === this.#told) return; // the follower heard of a version that the page began with
    const event = this.#eventSince(this.#told);
    this.#told = event.version;
    this.#send('change', event);
  }

  #sendState(): void {
    if (!this.#response.writableNeedDrain) this.#send('status', this.#stateOf(this.#session));
  }

  #send(event: string, data: object): void {
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #eventSince(previousVersion: number): ChangeEvent {
    const { follower } = this.#session;
    const after = follower.snapshot();
    try {
      const { version, committedAt } = after;
      const event = { version, previousVersion, committedAt, ...this.#session.originOf(version) };
      const before = snapshotIfKept(this.#session, previousVersion);
      if (before === undefined) return { ...event, operations: undefined, changes: [] };
      try {
        const { operations, changes } = changesBetween(before, after);
        return { ...event, operations, changes };
      } finally {
        before.close();
      }
    } finally {
      after.close();
    }
  }

  /** A timer has nobody to throw to: the page is told, and the connection ends. */
  #attempt(send: () => void): void {
    try {
      send();
    } catch (error) {
      if (!(error instanceof JsonMmapError)) throw error;
      this.#send('failed', { code: error.code, message: error.message });
      this.#response.end();
    }
  }
}

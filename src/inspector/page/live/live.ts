/** A region while it is looked at: its state, and the changes that the server tells of. One for the whole page. */
import type { ChangeEvent, ChangeLine, RegionState } from '../../api.js';
import { RegionClient, RequestError } from '../client/request.js';
import { type Sample, sampleOf } from './samples.js';

/** Changes that are kept to look at: older ones are in the timeline, as far as the region has them. */
const STEPS_MAX = 500;
/** Four times a second: a person can read it, and 100 versions a second cost no more than four. */
const TELL_MS = 250;
const SAMPLES_MAX = 600;

/** `refused`: the inspector answers, and says why it does not show this region. */
export type Connection = 'connecting' | 'open' | 'lost' | 'removed' | 'refused';
/** A region that does not exist may come. */
const RETRY_MS = 2000;

export class LiveRegion {
  readonly client: RegionClient;
  state: RegionState | undefined;
  connection: Connection = 'connecting';
  /** Newest first. */
  steps: readonly ChangeEvent[] = [];
  /** What happened in each second, oldest first. */
  samples: readonly Sample[] = [];
  /** While paused, the version that stays shown. */
  pausedAt: number | undefined;
  /** What the inspector said, where it refused. */
  refusal: RequestError | undefined;
  #events: EventSource;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #changeListeners = new Set<(lines: readonly ChangeLine[], complete: boolean) => void>();
  #waiting: ChangeEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #operations = 0;
  #isClosed = false;

  constructor(name: string) {
    this.client = new RegionClient(name);
    this.#events = this.#listen();
  }

  /** The version that the page shows. */
  get version(): number {
    return this.pausedAt ?? this.steps[0]?.version ?? this.state?.version ?? 0;
  }

  /** How many changes have come while the page was paused. */
  get heldBack(): number {
    return this.#waiting.length;
  }

  /** Calls the listener after each step, at most four times a second. @returns what ends that */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener with what has changed; `complete` is false where the server did not say everything. */
  onChanges(listener: (lines: readonly ChangeLine[], complete: boolean) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  pause(): void {
    this.pausedAt = this.version;
    this.client.pinned = this.pausedAt;
    this.#tell();
  }

  resume(): void {
    this.pausedAt = undefined;
    this.client.pinned = undefined;
    this.#show();
  }

  close(): void {
    this.#isClosed = true;
    this.#events.close();
    clearTimeout(this.#retry);
    clearTimeout(this.#timer);
    this.#listeners.clear();
    this.#changeListeners.clear();
  }

  /** Asks for the last change before the page was opened: in a quiet region it is the one that somebody looks for. */
  async #seed(): Promise<void> {
    try {
      const [newest, before] = (await this.client.versions()).versions;
      if (newest === undefined || before === undefined || this.steps.length > 0) return;
      const { operations, changes } = await this.client.diff(before.version, newest.version);
      const { appendedBytes: _, compaction: __, ...origin } = newest;
      const step = { ...origin, previousVersion: before.version, operations, changes };
      this.steps = [...this.steps, step];
      this.#tell();
    } catch (error) {
      // A version that is gone meanwhile, or a connection that is lost and says so by itself.
      if (!(error instanceof RequestError || error instanceof TypeError)) throw error;
    }
  }

  #listen(): EventSource {
    const events = new EventSource(this.client.eventsUrl);
    events.onopen = () => this.#connected('open');
    events.onerror = () => this.#failed(events);
    events.addEventListener('removed', () => this.#connected('removed'));
    events.addEventListener('status', ({ data }) => this.#onState(JSON.parse(data)));
    events.addEventListener('change', ({ data }) => this.#onChange(JSON.parse(data)));
    return events;
  }

  /** A browser connects again by itself, except after an answer that is no stream. What that was, it does not tell. */
  async #failed(events: EventSource): Promise<void> {
    if (this.connection === 'removed') return;
    if (events.readyState !== EventSource.CLOSED) return this.#connected('lost');
    const refusal = await this.client.versions().then(
      () => undefined,
      (error: unknown) => (error instanceof RequestError ? error : undefined),
    );
    if (events !== this.#events || this.#isClosed) return;
    this.#connected(refusal === undefined ? 'lost' : 'refused', refusal);
    this.#retry = setTimeout(() => {
      this.#events = this.#listen();
    }, RETRY_MS);
  }

  #connected(connection: Connection, refusal?: RequestError): void {
    this.connection = connection;
    this.refusal = refusal;
    this.#tell();
  }

  #onState(state: RegionState): void {
    const before = this.state;
    if (before === undefined) this.#seed();
    this.state = state;
    this.connection = state.removed ? 'removed' : 'open';
    this.refusal = undefined;
    const sample = before && sampleOf(before, state, this.#operations);
    this.#operations = 0;
    if (sample !== undefined) this.samples = [...this.samples.slice(1 - SAMPLES_MAX), sample];
    this.#tell();
  }

  #onChange(event: ChangeEvent): void {
    this.#operations += event.operations ?? 0;
    this.#waiting = [event, ...this.#waiting].slice(0, STEPS_MAX);
    if (this.pausedAt === undefined) this.#timer ??= setTimeout(() => this.#show(), this.#delay());
    else this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
  }

  /** The first change after a while is shown at once. */
  #delay(): number {
    const last = this.steps[0]?.committedAt ?? 0;
    return (this.#waiting[0]?.committedAt ?? 0) - last > TELL_MS ? 0 : TELL_MS;
  }

  #show(): void {
    const news = this.#waiting;
    this.#waiting = [];
    this.steps = [...news, ...this.steps].slice(0, STEPS_MAX);
    const lines = news.flatMap(({ changes }) => changes);
    const complete = news.length < STEPS_MAX && news.every(({ operations, changes }) => operations === changes.length);
    if (news.length > 0) for (const listener of this.#changeListeners) listener(lines, complete);
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const listener of this.#listeners) listener();
  }
}

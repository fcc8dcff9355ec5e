/** Questions to the server of this page. */
import type {
  ChildrenAnswer,
  DiffAnswer,
  EditAnswer,
  EditRequest,
  ErrorAnswer,
  FollowersAnswer,
  HistoryAnswer,
  LocateAnswer,
  RegionsAnswer,
  SizesAnswer,
  SpaceAnswer,
  ValueAnswer,
  VersionsAnswer,
} from '../../api.js';

/** What a request that failed throws: the code and the words of the server. */
export class RequestError extends Error {
  readonly code: string;
  readonly issues: ErrorAnswer['issues'];

  constructor({ code, message, issues }: ErrorAnswer) {
    super(message);
    this.code = code;
    this.issues = issues;
  }
}

type Parameters = Readonly<Record<string, string | number | undefined>>;

/** Returns the regions of the directory. */
export function fetchRegions(signal?: AbortSignal): Promise<RegionsAnswer> {
  return ask('/api/regions', {}, signal);
}

/** What one region can be asked. Each method throws `RequestError`, and an `AbortError` when its signal says so. */
export class RegionClient {
  readonly name: string;
  readonly #base: string;

  constructor(name: string) {
    this.name = name;
    this.#base = `/api/regions/${encodeURIComponent(name)}`;
  }

  /** The address of the events of the region. */
  get eventsUrl(): string {
    return `${this.#base}/events`;
  }

  /** The address of a search, which answers bit by bit. */
  searchUrl(path: string, text: string): string {
    return `${this.#base}/search?${queryOf({ path, text })}`;
  }

  children(window: ChildrenRequest, signal?: AbortSignal): Promise<ChildrenAnswer> {
    return ask(`${this.#base}/children`, { ...window }, signal);
  }

  /** The position of each token of a path in its container. */
  locate(path: string, signal?: AbortSignal): Promise<LocateAnswer> {
    return ask(`${this.#base}/locate`, { path }, signal);
  }

  value(path: string, version?: number, signal?: AbortSignal): Promise<ValueAnswer> {
    return ask(`${this.#base}/value`, { path, version }, signal);
  }

  versions(signal?: AbortSignal): Promise<VersionsAnswer> {
    return ask(`${this.#base}/versions`, {}, signal);
  }

  diff(from: number, to: number, signal?: AbortSignal): Promise<DiffAnswer> {
    return ask(`${this.#base}/diff`, { from, to }, signal);
  }

  history(path: string, signal?: AbortSignal): Promise<HistoryAnswer> {
    return ask(`${this.#base}/history`, { path }, signal);
  }

  sizes(path: string, signal?: AbortSignal): Promise<SizesAnswer> {
    return ask(`${this.#base}/sizes`, { path }, signal);
  }

  space(signal?: AbortSignal): Promise<SpaceAnswer> {
    return ask(`${this.#base}/space`, {}, signal);
  }

  followers(signal?: AbortSignal): Promise<FollowersAnswer> {
    return ask(`${this.#base}/followers`, {}, signal);
  }

  async edit(request: EditRequest): Promise<EditAnswer> {
    const headers = { 'Content-Type': 'application/json' };
    return answerOf(
      await fetch(`${this.#base}/edit`, { method: 'POST', headers, body: JSON.stringify(request) }),
    ) as Promise<EditAnswer>;
  }
}

export interface ChildrenRequest {
  readonly path: string;
  readonly from: number;
  readonly count: number;
  readonly filter?: string;
  readonly version?: number;
}

async function ask<T>(url: string, parameters: Parameters, signal: AbortSignal | undefined): Promise<T> {
  const response = await fetch(`${url}?${queryOf(parameters)}`, { signal: signal ?? null });
  return (await answerOf(response)) as T;
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  const answer = (await response.json().catch(() => undefined)) as ErrorAnswer | undefined;
  throw new RequestError(answer ?? { code: `HTTP ${response.status}`, message: 'the inspector does not answer' });
}

function queryOf(parameters: Parameters): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** Hooks for what changes by itself. */
import { useEffect, useReducer, useState } from 'preact/hooks';
import { RequestError } from '../client/request.js';
import type { LiveRegion } from './live.js';

/** Draws the component again when the region has news, at most four times a second. */
export function useLive(live: LiveRegion): void {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  useEffect(() => live.subscribe(() => redraw(undefined)), [live]);
}

/** Returns the time, which moves on once a second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export interface Asked<T> {
  /** The last answer, which stays while the next one is on its way. */
  readonly answer: T | undefined;
  readonly error: RequestError | Error | undefined;
  readonly busy: boolean;
}

/** Asks when `keys` change, and again every `everyMs` after an answer if that is given. An answer that is overtaken is not shown. */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
  everyMs?: number,
): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ answer: undefined, error: undefined, busy: true });
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const step = async (): Promise<void> => {
      try {
        const answer = await ask(gone.signal);
        if (!gone.signal.aborted) setAsked({ answer, error: undefined, busy: false });
      } catch (error) {
        if (gone.signal.aborted) return;
        setAsked(({ answer }) => ({
          answer: error instanceof RequestError ? undefined : answer,
          error: error as Error,
          busy: false,
        }));
      }
      if (everyMs !== undefined && !gone.signal.aborted) timer = setTimeout(step, everyMs);
    };
    setAsked(({ answer }) => ({ answer, error: undefined, busy: true }));
    step();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, keys);
  return asked;
}

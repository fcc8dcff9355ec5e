/** Search in keys and values. Hits appear while the server still looks; it rests in between, and stops when the page says so. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SearchEnd, SearchHit } from '../../api.js';
import { search } from '../client/search.js';
import type { LiveRegion } from '../live/live.js';
import { counted } from '../parts/format.js';
import { Icon } from '../parts/icons.js';
import { Empty, Problem } from '../parts/message.js';
import { PathText } from '../parts/path.js';
import { PreviewText } from '../parts/preview.js';
import { VirtualList } from '../parts/virtual-list.js';
import { go } from '../route.js';

/** Nobody has stopped typing before that. */
const PAUSE_MS = 250;

interface Found {
  readonly hits: readonly SearchHit[];
  readonly end?: SearchEnd;
  readonly stopped?: boolean;
  readonly error?: Error;
}

export function SearchView({ live }: { readonly live: LiveRegion }) {
  const [text, setText] = useState('');
  const { found, busy, stop } = useSearch(live, text);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <section class="view" aria-label="Search">
      <div class="bar">
        <label class="field wide">
          <Icon name="search" />
          <span class="visually-hidden">Search in keys and values</span>
          <input
            type="search"
            ref={input}
            placeholder="Search in keys and values"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Escape' && busy && (event.preventDefault(), stop())}
          />
        </label>
        {busy && (
          <button type="button" class="button" onClick={stop}>
            Stop
          </button>
        )}
        <span class="bar-note" role="status">
          {text !== '' && summary(found, busy)}
        </span>
      </div>
      {found.error !== undefined && <Problem error={found.error} />}
      {text === '' ? (
        <Empty>Type what a key or a value contains. Upper and lower case are the same.</Empty>
      ) : (
        <VirtualList
          class="hits"
          role="group"
          aria-label="Hits"
          tabIndex={-1}
          count={found.hits.length}
          row={(i) => <HitLine key={i} hit={found.hits[i]} text={text} />}
        />
      )}
    </section>
  );
}

function summary({ hits, end, stopped }: Found, busy: boolean): string {
  const number = counted(hits.length, 'hit');
  if (busy) return `${number}, searching…`;
  if (stopped) return `${number}, stopped`;
  return end?.limited ? `the first ${number}` : number;
}

function useSearch(live: LiveRegion, text: string): { found: Found; busy: boolean; stop: () => void } {
  const [found, setFound] = useState<Found>({ hits: [] });
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => {
    const own = new AbortController();
    running.current = own;
    setFound({ hits: [] });
    setBusy(text !== '');
    if (text === '') return;
    const run = async (): Promise<void> => {
      try {
        for await (const line of search(live.client, '', text, own.signal)) {
          if (own.signal.aborted) return;
          setFound((sofar) => ('done' in line ? { ...sofar, end: line } : { ...sofar, hits: [...sofar.hits, line] }));
        }
      } catch (error) {
        if (own.signal.aborted) return;
        setFound((sofar) => ({ ...sofar, error: error as Error }));
      }
      setBusy(false);
    };
    const timer = setTimeout(run, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [live, text]);
  const stop = (): void => {
    running.current?.abort();
    setFound((sofar) => ({ ...sofar, stopped: true }));
    setBusy(false);
  };
  return { found, busy, stop };
}

function HitLine({ hit, text }: { readonly hit: SearchHit; readonly text: string }) {
  return (
    <div class="row">
      <button type="button" class="hit" onClick={() => go({ view: 'tree', path: hit.path })}>
        <span class={`hit-kind hit-${hit.found}`}>{hit.found}</span>
        <PathText path={hit.path} />
        <span class="hit-value">
          <PreviewText preview={hit} />
        </span>
        <span class="visually-hidden"> contains {text}</span>
      </button>
    </div>
  );
}

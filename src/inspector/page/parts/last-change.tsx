/** The line that is above every view: what changed last, and when. */
import type { LiveRegion } from '../live/live.js';
import { useNow } from '../live/use-live.js';
import { go } from '../route.js';
import { Operation } from './before-after.js';
import { age, clock, count } from './format.js';
import { PathText } from './path.js';
import { ShownText } from './preview.js';

export function LastChange({ live }: { readonly live: LiveRegion }) {
  const now = useNow();
  const step = live.steps[0];
  if (step === undefined) return <QuietLine live={live} now={now} />;
  const { version, committedAt, operations, changes } = step;
  const [first] = changes;
  const more = (operations ?? changes.length) - 1;
  return (
    <button
      type="button"
      class="last-change"
      disabled={first === undefined}
      onClick={() => go({ view: 'tree', path: first.path })}
    >
      <span class="last-change-label">{live.pausedAt === undefined ? 'Last change' : 'Paused'}</span>
      <span class="last-change-when" title={clock(committedAt)}>
        v{count(version)} · {age(committedAt, Math.max(now, committedAt))}
      </span>
      {first === undefined ? (
        <span class="last-change-what">
          {operations === undefined ? 'too far apart to compare' : 'the same as before'}
        </span>
      ) : (
        <span class="last-change-what">
          <Operation op={first.op} />
          <PathText path={first.path} />
          <span class="last-change-values">
            {first.before !== undefined && <ShownText shown={first.before} />}
            {first.before !== undefined && first.after !== undefined && <span class="arrow"> → </span>}
            {first.after !== undefined && <ShownText shown={first.after} />}
          </span>
        </span>
      )}
      {more > 0 && <span class="last-change-more">+{count(more)}</span>}
    </button>
  );
}

/** The region has one version only, so nothing has changed yet. */
function QuietLine({ live, now }: { readonly live: LiveRegion; readonly now: number }) {
  const { state } = live;
  return (
    <div class="last-change quiet">
      <span class="last-change-label">Last change</span>
      {state !== undefined && state.version > 0 && (
        <span class="last-change-when" title={clock(state.committedAt)}>
          v{count(state.version)} · {age(state.committedAt, now)}
        </span>
      )}
      <span class="last-change-what">none: this is the first version that can be read</span>
    </div>
  );
}

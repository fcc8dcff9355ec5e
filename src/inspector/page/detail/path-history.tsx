/** What the value at a path was, in the versions that the region still has. */
import type { LiveRegion } from '../live/live.js';
import { useAnswer, useNow } from '../live/use-live.js';
import { BeforeAfter, ChangeList } from '../parts/before-after.js';
import { age, clock, count } from '../parts/format.js';
import { Problem } from '../parts/message.js';
import type { Draft } from './use-draft.js';

const SHOWN_MAX = 100;

interface Properties {
  readonly live: LiveRegion;
  readonly path: string;
  readonly mayWrite: boolean;
  readonly draft: Draft;
  /** Changes when the value has changed. */
  readonly changes: number;
}

export function PathHistory({ live, path, mayWrite, draft, changes }: Properties) {
  const { answer, error } = useAnswer((signal) => live.client.history(path, signal), [live, path, changes]);
  const now = useNow();
  const list = answer?.changes ?? [];
  return (
    <section class="path-history" aria-label="History of this value">
      <h3>
        History{' '}
        {answer !== undefined && (
          <span class="muted">{`versions ${count(answer.oldest)} to ${count(live.version)}`}</span>
        )}
      </h3>
      {error !== undefined && <Problem error={error} />}
      <ol class="change-list">
        {list.slice(0, SHOWN_MAX).map(({ version, committedAt, value, inside }, i) => (
          <li key={version} class="change">
            <div class="history-head">
              <span class="mono">{version === answer?.oldest ? `≤ ${count(version)}` : count(version)}</span>
              <span class="muted" title={clock(committedAt)}>
                {age(committedAt, now)}
              </span>
              {mayWrite && i > 0 && (
                <button type="button" class="link end" onClick={() => draft.restore(version)}>
                  Restore
                </button>
              )}
            </div>
            {value === undefined ? (
              <p class="muted">nothing was here</p>
            ) : inside === undefined ? (
              <BeforeAfter before={list[i + 1]?.value} after={value} />
            ) : (
              <>
                <ChangeList changes={inside.changes} />
                {inside.operations > inside.changes.length && (
                  <p class="more">and {count(inside.operations - inside.changes.length)} more inside</p>
                )}
              </>
            )}
          </li>
        ))}
      </ol>
      {list.length > SHOWN_MAX && <p class="more">and {count(list.length - SHOWN_MAX)} older ones</p>}
    </section>
  );
}

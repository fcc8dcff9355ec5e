/** Changes as they come, newest first, and before and after of the one that is selected. */
import { useRef, useState } from 'preact/hooks';
import type { ChangeEvent } from '../../api.js';
import type { LiveRegion } from '../live/live.js';
import { ChangeList, Operation } from '../parts/before-after.js';
import { clock, count, counted } from '../parts/format.js';
import { Empty } from '../parts/message.js';
import { PathText } from '../parts/path.js';
import { ShownText } from '../parts/preview.js';
import { VirtualList, type VirtualListHandle } from '../parts/virtual-list.js';

export function ChangesView({ live }: { readonly live: LiveRegion }) {
  const [chosen, choose] = useState<ChangeEvent | undefined>();
  const list = useRef<VirtualListHandle>(null);
  const { steps } = live;
  const shown = chosen ?? steps[0];
  const index = steps.findIndex(({ version }) => version === shown?.version);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(steps.length - 1, Math.max(0, index + step));
    choose(steps[next]);
    list.current?.reveal(next);
  };
  if (shown === undefined) {
    return (
      <section class="view" aria-label="Changes">
        <Empty>Nothing has changed since this page was opened. Older versions are in the timeline.</Empty>
      </section>
    );
  }
  return (
    <section class="view split" aria-label="Changes">
      <VirtualList
        class="steps"
        handle={list}
        role="listbox"
        aria-label="Changes, newest first"
        aria-activedescendant={`step-${shown.version}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        count={steps.length}
        row={(i) => (
          <StepLine
            key={steps[i].version}
            step={steps[i]}
            selected={steps[i].version === shown.version}
            onSelect={() => choose(steps[i])}
          />
        )}
      />
      <aside class="pane" aria-label="Before and after">
        <StepDetail step={shown} follows={chosen === undefined} onFollow={() => choose(undefined)} />
      </aside>
    </section>
  );
}

interface LineProperties {
  readonly step: ChangeEvent;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function StepLine({ step, selected, onSelect }: LineProperties) {
  const { version, committedAt, operations, changes } = step;
  const [first] = changes;
  const more = (operations ?? changes.length) - 1;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    <div
      id={`step-${version}`}
      class={`row step ${selected ? 'selected' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      onClick={onSelect}
    >
      <span class="step-version">{count(version)}</span>
      <span class="step-time">{clock(committedAt)}</span>
      {first === undefined ? (
        <span class="step-what muted">
          {operations === undefined ? 'too far apart to compare' : 'the same as before'}
        </span>
      ) : (
        <span class="step-what">
          <Operation op={first.op} />
          <PathText path={first.path} />
          <span class={`step-value ${first.after === undefined ? 'was' : ''}`}>
            <ShownText shown={first.after ?? first.before} />
          </span>
        </span>
      )}
      {more > 0 && <span class="badge">+{count(more)}</span>}
    </div>
  );
}

interface DetailProperties {
  readonly step: ChangeEvent;
  /** Whether the pane shows the newest change, whichever that is. */
  readonly follows: boolean;
  readonly onFollow: () => void;
}

export function StepDetail({ step, follows, onFollow }: DetailProperties) {
  const { version, previousVersion, committedAt, operations, changes, masterPid, requestedBy, revision } = step;
  const versions = version - previousVersion;
  return (
    <>
      <header class="pane-head">
        <h2>
          {versions === 1 ? `Version ${count(version)}` : `Versions ${count(previousVersion + 1)} to ${count(version)}`}
        </h2>
        {!follows && (
          <button type="button" class="button quiet" onClick={onFollow}>
            Follow the newest
          </button>
        )}
      </header>
      <p class="facts">
        <span>{clock(committedAt)}</span>
        <span>{operations === undefined ? 'size not known' : counted(operations, 'change')}</span>
        {requestedBy !== undefined && (
          <span>
            asked for by {requestedBy.name} {requestedBy.pid}
          </span>
        )}
        {masterPid !== undefined && <span>master {masterPid}</span>}
        {revision !== undefined && <span>revision {revision}</span>}
      </p>
      {operations === undefined && <Empty>The version before is gone: there is nothing to compare with.</Empty>}
      <ChangeList changes={changes} />
      {operations !== undefined && operations > changes.length && (
        <p class="more">and {count(operations - changes.length)} more</p>
      )}
    </>
  );
}

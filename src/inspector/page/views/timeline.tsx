/** The versions that the region still has: two of them are compared. */
import { useRef, useState } from 'preact/hooks';
import type { VersionInfo } from '../../api.js';
import type { LiveRegion } from '../live/live.js';
import { useAnswer, useNow } from '../live/use-live.js';
import { ChangeList } from '../parts/before-after.js';
import { age, bytes, clock, count, counted } from '../parts/format.js';
import { Empty, Problem } from '../parts/message.js';
import { Meter } from '../parts/meter.js';
import { VirtualList, type VirtualListHandle } from '../parts/virtual-list.js';

const EVERY_MS = 1000;

export function TimelineView({ live }: { readonly live: LiveRegion }) {
  const paused = live.pausedAt !== undefined;
  const { answer, error } = useAnswer(
    (signal) => live.client.versions(signal),
    [live, paused],
    paused ? undefined : EVERY_MS,
  );
  const [pair, setPair] = useState<{ from?: number | undefined; to?: number | undefined }>({});
  const list = useRef<VirtualListHandle>(null);
  const now = useNow();
  const versions = answer?.versions ?? [];
  const to = pair.to ?? versions[0]?.version;
  const from =
    pair.from ?? (to === undefined ? undefined : (versions.find(({ version }) => version < to)?.version ?? to));
  const largest = Math.max(1, ...versions.map(({ appendedBytes = 0 }) => appendedBytes));
  if (error !== undefined) return <Problem error={error} />;
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = versions.findIndex(({ version }) => version === to);
    const next = Math.min(versions.length - 1, Math.max(0, at + by));
    setPair({ to: versions[next].version });
    list.current?.reveal(next);
  };
  return (
    <section class="view split" aria-label="Timeline">
      <div class="column">
        <p class="bar bar-note">
          {counted(versions.length, 'version')} can be read
          {live.state !== undefined && ` · the master keeps ${count(live.state.keptVersions)}`}
        </p>
        <div class="row versions-head" aria-hidden="true">
          <span>From</span>
          <span>To</span>
          <span class="number">Version</span>
          <span>Published</span>
          <span class="number">Appended</span>
          <span />
          <span>By</span>
        </div>
        <VirtualList
          class="versions"
          handle={list}
          role="group"
          aria-label="Versions, newest first"
          tabIndex={0}
          onKeyDown={step}
          count={versions.length}
          row={(i) => (
            <VersionLine
              key={versions[i].version}
              info={versions[i]}
              largest={largest}
              now={now}
              from={versions[i].version === from}
              to={versions[i].version === to}
              onFrom={() => setPair({ ...pair, to, from: versions[i].version })}
              onTo={() => setPair({ from: pair.from, to: versions[i].version })}
            />
          )}
        />
      </div>
      <aside class="pane" aria-label="The two versions compared">
        {from === undefined || to === undefined ? (
          <Empty>There is no version to compare.</Empty>
        ) : (
          <Comparison live={live} from={from} to={to} />
        )}
      </aside>
    </section>
  );
}

interface LineProperties {
  readonly info: VersionInfo;
  readonly largest: number;
  readonly now: number;
  readonly from: boolean;
  readonly to: boolean;
  readonly onFrom: () => void;
  readonly onTo: () => void;
}

function VersionLine({ info, largest, now, from, to, onFrom, onTo }: LineProperties) {
  const { version, committedAt, appendedBytes, compaction, masterPid, requestedBy, revision } = info;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the radio buttons in it do the same
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div class={`row version ${from || to ? 'selected' : ''}`} onClick={onTo}>
      <Choice name="from" label={`Compare from version ${version}`} checked={from} onChoose={onFrom} />
      <Choice name="to" label={`Compare to version ${version}`} checked={to} onChoose={onTo} />
      <span class="number">{count(version)}</span>
      <span title={clock(committedAt)}>{age(committedAt, now)}</span>
      <span class="number">{appendedBytes === undefined ? '' : bytes(appendedBytes)}</span>
      {compaction ? <span class="badge">compaction</span> : <Meter value={appendedBytes ?? 0} of={largest} />}
      <span class="muted clip" title={requestedBy && `asked for by ${requestedBy.name}, process ${requestedBy.pid}`}>
        {requestedBy === undefined ? masterPid : `${requestedBy.name} ${requestedBy.pid}`}
        {revision !== undefined && ` r${revision}`}
      </span>
    </div>
  );
}

interface ChoiceProperties {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

function Choice({ name, label, checked, onChoose }: ChoiceProperties) {
  return (
    <input
      type="radio"
      name={name}
      aria-label={label}
      checked={checked}
      onClick={(event) => event.stopPropagation()}
      onChange={onChoose}
    />
  );
}

function Comparison({ live, from, to }: { readonly live: LiveRegion; readonly from: number; readonly to: number }) {
  const { answer, error, busy } = useAnswer((signal) => live.client.diff(from, to, signal), [live, from, to]);
  return (
    <>
      <header class="pane-head">
        <h2>
          {count(from)} → {count(to)}
        </h2>
      </header>
      {error !== undefined && <Problem error={error} />}
      {error === undefined && answer === undefined && busy && <Empty>Comparing…</Empty>}
      {answer !== undefined && (
        <>
          <p class="facts">
            <span>{counted(answer.operations, 'change')}</span>
          </p>
          {answer.operations === 0 && <Empty>The two versions are equal.</Empty>}
          <ChangeList changes={answer.changes} />
          {answer.operations > answer.changes.length && (
            <p class="more">and {count(answer.operations - answer.changes.length)} more</p>
          )}
        </>
      )}
    </>
  );
}

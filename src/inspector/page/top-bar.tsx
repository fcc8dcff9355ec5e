/** Which region, how it is, and what the page does with it. */
import { useState } from 'preact/hooks';
import type { LiveRegion } from './live/live.js';
import { useLive } from './live/use-live.js';
import { count } from './parts/format.js';
import { Icon } from './parts/icons.js';
import type { Route } from './route.js';
import { shownTheme, toggleTheme } from './theme.js';
import { MasterDot, masterWords } from './views/regions.js';

interface Properties {
  readonly route: Route;
  readonly live: LiveRegion | undefined;
  readonly onPalette: () => void;
}

export function TopBar({ route, live, onPalette }: Properties) {
  return (
    <header class="top">
      <a class="brand" href="#/" aria-label="All regions">
        <span class="brand-sign" aria-hidden="true">
          {'{·}'}
        </span>
        <span class="brand-name">jsonmmap</span>
      </a>
      {route.region !== undefined && <h1 class="mono">{route.region}</h1>}
      {live !== undefined && <State live={live} />}
      <span class="grow" />
      {live !== undefined && <PauseButton live={live} />}
      <button type="button" class="button quiet" onClick={onPalette} aria-label="Commands">
        <Icon name="command" />
        <kbd>{/Mac/.test(navigator.platform) ? '⌘' : 'Ctrl '}K</kbd>
      </button>
      <ThemeButton />
    </header>
  );
}

const CONNECTIONS = {
  connecting: 'connecting…',
  lost: 'the inspector does not answer',
  removed: 'this region has been removed',
  refused: 'cannot be shown',
} as const;

function State({ live }: { readonly live: LiveRegion }) {
  useLive(live);
  const { state, connection, version } = live;
  if (connection !== 'open' || state === undefined) {
    return (
      <span class={`state ${connection === 'connecting' ? '' : 'warns'}`} role="status">
        {connection === 'open' ? CONNECTIONS.connecting : CONNECTIONS[connection]}
      </span>
    );
  }
  const { upstream } = state;
  return (
    <span class="state">
      <MasterDot region={state} />
      <span title={state.masterCommand}>{masterWords(state)}</span>
      <span class="state-version">v{count(version)}</span>
      {upstream !== undefined && (
        <span class={upstream.problem === undefined ? '' : 'warns'} title={upstream.problem ?? upstream.source}>
          upstream {upstream.state}
        </span>
      )}
    </span>
  );
}

function PauseButton({ live }: { readonly live: LiveRegion }) {
  useLive(live);
  const paused = live.pausedAt !== undefined;
  const label = paused ? `Resume${live.heldBack > 0 ? ` (${count(live.heldBack)})` : ''}` : 'Pause';
  return (
    <button
      type="button"
      aria-label={label}
      title={paused ? 'Show what has changed meanwhile' : 'Hold still; the region goes on'}
      class={`button ${paused ? 'primary' : 'quiet'}`}
      aria-pressed={paused}
      onClick={() => (paused ? live.resume() : live.pause())}
    >
      <Icon name={paused ? 'play' : 'pause'} />
      <span class="pause-label">{label}</span>
    </button>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState(shownTheme);
  const onClick = (): void => {
    toggleTheme();
    setTheme(shownTheme());
  };
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      class="button quiet icon-only"
      aria-label={`Switch to ${other}`}
      title={`Switch to ${other}`}
      onClick={onClick}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  );
}

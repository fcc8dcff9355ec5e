/** What the palette offers. */
import type { RegionsAnswer } from '../../api.js';
import type { LiveRegion } from '../live/live.js';
import { copyText } from '../parts/copy.js';
import { go, type Route, VIEWS } from '../route.js';
import { toggleTheme } from '../theme.js';

export interface Command {
  readonly title: string;
  /** What it is about, beside the title. */
  readonly group: string;
  readonly keys?: string;
  readonly run: () => void;
}

export interface Surroundings {
  readonly route: Route;
  readonly live: LiveRegion | undefined;
  readonly regions: RegionsAnswer['regions'];
}

/** Returns the commands that contain every word of `text`; a path, if it is one, comes first. */
export function commandsFor(text: string, surroundings: Surroundings): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = allCommands(surroundings);
  const found = all.filter(({ title, group }) =>
    words.every((word) => `${group} ${title}`.toLowerCase().includes(word)),
  );
  if (!text.startsWith('/') || surroundings.live === undefined) return found;
  return [{ title: text, group: 'Go to', run: () => go({ view: 'tree', path: text }) }, ...found];
}

function allCommands({ route, live, regions }: Surroundings): Command[] {
  const views = VIEWS.map((view, i) => ({
    title: `${view[0].toUpperCase()}${view.slice(1)}`,
    group: 'View',
    keys: String(i + 1),
    run: () => go({ view }),
  }));
  const others = regions
    .filter(({ name }) => name !== route.region)
    .map(({ name }) => ({
      title: name,
      group: 'Region',
      run: () => go({ region: name, view: 'tree', path: undefined }),
    }));
  const theme = { title: 'Switch between dark and light', group: 'Page', run: toggleTheme };
  if (live === undefined) return [...others, theme];
  const paused = live.pausedAt !== undefined;
  const { path } = route;
  return [
    ...views,
    {
      title: paused ? 'Resume' : 'Pause',
      group: 'Page',
      keys: 'P',
      run: () => (paused ? live.resume() : live.pause()),
    },
    ...(path === undefined
      ? []
      : [{ title: 'Copy the pointer', group: 'Value', run: () => void copyText('Pointer', () => path) }]),
    theme,
    { title: 'All regions', group: 'Region', run: () => go({ region: undefined, path: undefined }) },
    ...others,
  ];
}

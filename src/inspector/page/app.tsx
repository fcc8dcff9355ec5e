/** The page around the views. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RegionsAnswer } from '../api.js';
import { LiveRegion } from './live/live.js';
import type { Asked } from './live/use-live.js';
import { Palette } from './palette/palette.js';
import { Announcer } from './parts/announce.js';
import { RegionPage } from './region-page.js';
import { go, type Route, useRoute, VIEWS } from './route.js';
import { TopBar } from './top-bar.js';
import { RegionList, RegionsView, useRegions } from './views/regions.js';

export function App() {
  const route = useRoute();
  const regions = useRegions();
  const live = useLiveRegion(route.region);
  const [palette, setPalette] = useState(false);
  useShortcuts(live, route, () => setPalette(true));
  useEffect(() => {
    document.title = route.region === undefined ? 'jsonmmap' : `${route.region} · jsonmmap`;
  }, [route.region]);
  return (
    <div class="app">
      <TopBar route={route} live={live} onPalette={() => setPalette(true)} />
      <Body route={route} live={live} regions={regions} />
      {palette && (
        <Palette
          surroundings={{ route, live, regions: regions.answer?.regions ?? [] }}
          onClose={() => setPalette(false)}
        />
      )}
      <Announcer />
    </div>
  );
}

interface BodyProperties {
  readonly route: Route;
  readonly live: LiveRegion | undefined;
  readonly regions: Asked<RegionsAnswer>;
}

function Body({ route, live, regions }: BodyProperties) {
  if (live === undefined) return <RegionsView asked={regions} />;
  return (
    <div class="body">
      <RegionList asked={regions} selected={live.client.name} />
      <RegionPage key={live.client.name} live={live} route={route} mayWrite={regions.answer?.write === true} />
    </div>
  );
}

function useLiveRegion(name: string | undefined): LiveRegion | undefined {
  const live = useMemo(() => (name === undefined ? undefined : new LiveRegion(name)), [name]);
  useEffect(() => () => live?.close(), [live]);
  return live;
}

/** Keys that work wherever nobody types. */
function useShortcuts(live: LiveRegion | undefined, route: Route, openPalette: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      if (isPalette) {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || live === undefined) return;
      const view = VIEWS[Number(event.key) - 1];
      if (view !== undefined) go({ view });
      else if (event.key === 'p') live.pausedAt === undefined ? live.pause() : live.resume();
      else if (event.key === 'Escape' && route.path !== undefined) go({ path: undefined });
      else if (event.key === '/') focusFilter(event);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [live, route.path]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=radio]), textarea, dialog *');
}

function focusFilter(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('input[type=search]');
  if (field === null) return;
  event.preventDefault();
  field.focus();
}

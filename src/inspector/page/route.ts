/** Where the page is: `#/NAME/VIEW?path=/a/b`. The address bar has it, so back, forward and bookmarks work. */
import { useEffect, useState } from 'preact/hooks';

export const VIEWS = ['tree', 'changes', 'timeline', 'search', 'sizes', 'followers', 'rates'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  /** Undefined on the list of regions. */
  readonly region: string | undefined;
  readonly view: View;
  /** The JSON pointer of the selected value; undefined where nothing is selected. */
  readonly path: string | undefined;
}

/** Returns the route that a fragment names; views that there are not become the tree. */
export function parseRoute(fragment: string): Route {
  const [place, query = ''] = fragment.replace(/^#/, '').split('?', 2);
  const [, name, view] = place.split('/');
  return {
    region: name === undefined || name === '' ? undefined : decoded(name),
    view: VIEWS.find((one) => one === view) ?? 'tree',
    path: new URLSearchParams(query).get('path') ?? undefined,
  };
}

export function fragmentOf({ region, view, path }: Route): string {
  if (region === undefined) return '#/';
  const query = path === undefined ? '' : `?${new URLSearchParams({ path })}`;
  return `#/${encodeURIComponent(region)}/${view}${query}`;
}

/** Goes to a route. A selection replaces the entry of the browser's history, so that "back" leaves the view. */
export function go(change: Partial<Route>): void {
  const now = parseRoute(location.hash);
  const next = { ...now, ...change };
  const isSelection = next.region === now.region && next.view === now.view;
  history[isSelection ? 'replaceState' : 'pushState'](null, '', fragmentOf(next));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const onChange = (): void => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', onChange);
    addEventListener('popstate', onChange);
    return () => {
      removeEventListener('hashchange', onChange);
      removeEventListener('popstate', onChange);
    };
  }, []);
  return route;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not one of ours; the server says that there is no such region
  }
}

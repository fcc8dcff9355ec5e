/** One region: what changed last, the views, and the value that is selected. */
import type { ComponentChildren } from 'preact';
import { Detail } from './detail/detail.js';
import type { LiveRegion } from './live/live.js';
import { useLive } from './live/use-live.js';
import { LastChange } from './parts/last-change.js';
import { Problem } from './parts/message.js';
import { fragmentOf, type Route, VIEWS, type View } from './route.js';
import { TreeView } from './tree/tree-view.js';
import { ChangesView, StepDetail } from './views/changes.js';
import { FollowersView } from './views/followers.js';
import { RatesView } from './views/rates.js';
import { SearchView } from './views/search.js';
import { SizesView } from './views/sizes.js';
import { TimelineView } from './views/timeline.js';

interface Properties {
  readonly live: LiveRegion;
  readonly route: Route;
  readonly mayWrite: boolean;
}

export function RegionPage({ live, route, mayWrite }: Properties) {
  useLive(live);
  if (live.refusal !== undefined) {
    return (
      <main class="region">
        <Problem error={live.refusal} />
      </main>
    );
  }
  return (
    <main class="region">
      <LastChange live={live} />
      <nav class="tabs" aria-label="Views">
        {VIEWS.map((view) => (
          <a
            key={view}
            class="tab"
            href={fragmentOf({ ...route, view })}
            aria-current={view === route.view ? 'page' : undefined}
            ref={(element) => {
              if (view === route.view) element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
            }}
          >
            {view}
          </a>
        ))}
      </nav>
      <div class="views">{viewOf(route.view, live, route, mayWrite)}</div>
    </main>
  );
}

function viewOf(view: View, live: LiveRegion, route: Route, mayWrite: boolean): ComponentChildren {
  switch (view) {
    case 'tree':
      return <TreeAndDetail live={live} route={route} mayWrite={mayWrite} />;
    case 'changes':
      return <ChangesView live={live} />;
    case 'timeline':
      return <TimelineView live={live} />;
    case 'search':
      return <SearchView live={live} />;
    case 'sizes':
      return <SizesView live={live} />;
    case 'followers':
      return <FollowersView live={live} />;
    case 'rates':
      return <RatesView live={live} />;
  }
}

/** Beside the tree is the value that is selected, or else what changed last. */
function TreeAndDetail({ live, route: { path }, mayWrite }: Properties) {
  const [newest] = live.steps;
  return (
    <div class={`split ${path === undefined ? '' : 'has-detail'}`}>
      <TreeView live={live} path={path} />
      {path !== undefined && <Detail live={live} path={path} mayWrite={mayWrite} />}
      {path === undefined && newest !== undefined && (
        <aside class="pane newest" aria-label="Last change">
          <StepDetail step={newest} follows={true} onFollow={() => {}} />
        </aside>
      )}
    </div>
  );
}

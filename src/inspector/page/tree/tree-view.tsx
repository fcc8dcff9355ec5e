/** The document as a tree, by the pattern of WAI-ARIA for trees: one stop for Tab, arrow keys inside. */
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { parentOf } from '../client/pointers.js';
import type { LiveRegion } from '../live/live.js';
import { announce } from '../parts/announce.js';
import { count } from '../parts/format.js';
import { Icon } from '../parts/icons.js';
import { PathText } from '../parts/path.js';
import { VirtualList, type VirtualListHandle } from '../parts/virtual-list.js';
import { go } from '../route.js';
import { FLASH_MS, Flashes } from './flashes.js';
import { indexAfterKey } from './keys.js';
import { TreeModel } from './model.js';
import { TreeLine } from './tree-line.js';

interface Properties {
  readonly live: LiveRegion;
  readonly path: string | undefined;
}

export function TreeView({ live, path }: Properties) {
  const { model, flashes } = useTree(live);
  const [active, setActive] = useState(0);
  const list = useRef<VirtualListHandle>(null);
  /** The path that this tree selected itself: another one comes from elsewhere and is brought into sight. */
  const selected = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (path === undefined || path === selected.current) return;
    selected.current = path;
    model.reveal(path).then(
      (index) => {
        setActive(index);
        list.current?.reveal(index, 'center');
      },
      (error: Error) => announce(error.name === 'AbortError' ? '' : `${path} is gone`),
    );
  }, [path, model]);

  const select = (index: number): void => {
    const row = model.rowAt(index);
    setActive(index);
    list.current?.reveal(index);
    if (row.path === undefined) return;
    selected.current = row.path;
    go({ path: row.path });
  };
  const rowCount = model.rowCount;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = indexAfterKey(event.key, model, Math.min(active, rowCount - 1), list.current?.rowsInSight ?? 1);
    if (index === undefined) return;
    event.preventDefault();
    select(index);
  };
  return (
    <section class="view tree-view" aria-label="Tree">
      <FilterBar model={model} path={path} />
      <VirtualList
        class="tree"
        handle={list}
        role="tree"
        aria-label={`The document ${live.client.name}`}
        aria-activedescendant={`row-${Math.min(active, rowCount - 1)}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        count={rowCount}
        row={(index) => {
          const row = model.rowAt(index);
          return (
            <TreeLine
              key={index}
              id={`row-${index}`}
              row={row}
              active={index === active}
              selected={row.path !== undefined && row.path === path}
              flashes={flashes.isMarked(row.path, row.expanded)}
              onSelect={() => select(index)}
              onToggle={() => model.toggle(row)}
            />
          );
        }}
      />
    </section>
  );
}

function useTree(live: LiveRegion): { model: TreeModel; flashes: Flashes } {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const tree = useMemo(() => {
    const onError = (error: unknown): void => announce((error as Error).message);
    return { model: new TreeModel(live.client, () => redraw(undefined), onError), flashes: new Flashes() };
  }, [live]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = live.onChanges((lines, complete) => {
      tree.flashes.add(lines);
      tree.model.onChanges(lines, complete);
      clearTimeout(timer);
      timer = setTimeout(() => redraw(undefined), FLASH_MS); // takes the last marks away
    });
    return () => {
      end();
      clearTimeout(timer);
      tree.model.close();
    };
  }, [tree]);
  return tree;
}

/** Filters the container that is selected, or the one of the value that is selected. */
function FilterBar({ model, path }: { readonly model: TreeModel; readonly path: string | undefined }) {
  const [{ text, container }, setFilter] = useState({ text: '', container: '' });
  const target = text === '' ? containerOf(model, path) : container;
  const branch = model.branchAt(target);
  const onInput = (value: string): void => {
    const closed = model.closedContainer(target);
    if (closed !== undefined) model.toggle(closed);
    if (!model.isOpen(target)) return;
    setFilter({ text: value, container: target });
    model.filter(target, value);
  };
  return (
    <div class="bar">
      <label class="field">
        <Icon name="search" />
        <span class="visually-hidden">Filter the keys of {target === '' ? 'the document' : target}</span>
        <input
          type="search"
          class="filter"
          placeholder="Filter keys"
          value={text}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </label>
      <span class="bar-note">
        in <PathText path={target} />
        {text !== '' && branch?.count !== undefined && ` · ${count(branch.count)} found`}
      </span>
    </div>
  );
}

function containerOf(model: TreeModel, path: string | undefined): string {
  for (let container = path; container !== undefined; container = parentOf(container)) {
    if (model.isOpen(container) || model.closedContainer(container) !== undefined) return container;
  }
  return '';
}

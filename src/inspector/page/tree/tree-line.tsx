/** One row of the tree. */
import { Icon } from '../parts/icons.js';
import { PreviewText } from '../parts/preview.js';
import type { TreeRow } from './model.js';

interface Properties {
  readonly id: string;
  readonly row: TreeRow;
  readonly active: boolean;
  readonly selected: boolean;
  readonly flash: string;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
}

export function TreeLine({ id, row, active, selected, flash, onSelect, onToggle }: Properties) {
  const { path, key, preview, level, position, setSize, expanded } = row;
  const indent = { paddingInlineStart: `calc(${level - 1} * var(--indent) + 4px)` };
  const states = `${active ? 'active' : ''} ${selected ? 'selected' : ''} ${flash}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys
    <div
      id={id}
      class={`row tree-line ${states}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={level}
      aria-posinset={position + 1}
      aria-setsize={setSize}
      aria-selected={selected}
      aria-expanded={expanded}
      style={indent}
      onClick={onSelect}
      onDblClick={onToggle}
    >
      <span
        class={`twisty ${expanded === undefined ? 'leaf' : ''}`}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      >
        {expanded !== undefined && <Icon name="chevron" />}
      </span>
      {path === undefined ? (
        <span class="pending">…</span>
      ) : (
        <>
          <span class="key">{path === '' ? '(document)' : key === '' ? '""' : key}</span>
          {preview !== undefined && <PreviewText preview={preview} />}
        </>
      )}
    </div>
  );
}

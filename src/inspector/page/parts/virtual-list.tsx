/** A list of which only the rows in sight exist. All rows have one height, so any number of them scrolls like a few. */
import type { ComponentChildren, HTMLAttributes, Ref } from 'preact';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useRowHeight } from './row-height.js';

/** Browsers lay out no taller element: beyond this, a step of the scroll bar is more than a step of the list. */
const TALLEST_PX = 15_000_000;
const OVERSCAN = 8;

export interface VirtualListHandle {
  /** Brings a row into sight. */
  reveal(index: number, align?: 'nearest' | 'center'): void;
  focus(): void;
  /** How many rows are in sight. */
  readonly rowsInSight: number;
}

type Properties = Omit<HTMLAttributes<HTMLDivElement>, 'children' | 'ref'> & {
  readonly handle?: Ref<VirtualListHandle>;
  readonly count: number;
  readonly row: (index: number) => ComponentChildren;
};

export function VirtualList({ handle, count, row, ...rest }: Properties) {
  const rowHeight = useRowHeight();
  const element = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = useHeight(element);
  const full = count * rowHeight;
  const shown = Math.min(full, TALLEST_PX);
  const ratio = shown > height ? (full - height) / (shown - height) : 1;
  const offset = top * ratio;
  const first = Math.max(0, Math.floor(offset / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((offset + height) / rowHeight) + OVERSCAN);

  useImperativeHandle(handle ?? null, () => ({
    reveal(index, align = 'nearest') {
      const [from, to] = [index * rowHeight, (index + 1) * rowHeight - height];
      const target = align === 'center' ? (from + to) / 2 : offset > from ? from : offset < to ? to : offset;
      if (element.current !== null && target !== offset) element.current.scrollTop = Math.max(0, target) / ratio;
    },
    focus: () => element.current?.focus(),
    rowsInSight: Math.max(1, Math.floor(height / rowHeight)),
  }));

  const rows: ComponentChildren[] = [];
  for (let i = first; i < last; i++) rows.push(row(i));
  return (
    <div
      {...rest}
      class={`list ${rest.class ?? ''}`}
      ref={element}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div class="list-full" role="presentation" style={{ height: `${shown}px` }}>
        <div
          class="list-rows"
          role="presentation"
          style={{ transform: `translateY(${top - offset + first * rowHeight}px)` }}
        >
          {rows}
        </div>
      </div>
    </div>
  );
}

function useHeight(element: { current: HTMLDivElement | null }): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => setHeight(element.current?.clientHeight ?? 0), []);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setHeight(entry.contentRect.height));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return height;
}

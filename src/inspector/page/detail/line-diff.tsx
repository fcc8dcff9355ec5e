/** Two texts, line by line. */
import { count } from '../parts/format.js';

/** Lines around a difference that stay in sight. */
const CONTEXT = 3;
/** A shorter run is shown: the line that would stand for it is no shorter. */
const SHORTEST_GAP = 4;
/** Comparing costs the product of both: what differs more is shown as a whole. */
const PRODUCT_MAX = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

interface Properties {
  /** Undefined where nothing is. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function LineDiff({ before, after }: Properties) {
  const lines = differences(before?.split('\n') ?? [], after?.split('\n') ?? []);
  const changed = lines.some(({ sign }) => sign !== ' ');
  if (!changed) return <p class="empty">The value stays the same.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="json diff mono" tabIndex={0} aria-label="Difference">
      {withoutMiddle(lines).map((line, i) =>
        typeof line === 'number' ? (
          <div key={i} class="diff-gap">{`… ${count(line)} lines stay the same`}</div>
        ) : (
          <div key={i} class={`diff-line ${{ ' ': 'same', '-': 'before', '+': 'after' }[line.sign]}`}>
            {`${line.sign === '-' ? '−' : line.sign} ${line.text}`}
          </div>
        ),
      )}
    </section>
  );
}

/** Returns the lines of both texts in order, by the longest common subsequence of what is between equal ends. */
export function differences(before: readonly string[], after: readonly string[]): Line[] {
  let [head, tail] = [0, 0];
  const shortest = Math.min(before.length, after.length);
  while (head < shortest && before[head] === after[head]) head++;
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (text: string): Line => ({ sign: ' ', text });
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function middle(a: readonly string[], b: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ sign: '-', text });
  const added = (text: string): Line => ({ sign: '+', text });
  if (a.length * b.length > PRODUCT_MAX) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [right, down] = [common[i * width + j + 1], common[(i + 1) * width + j]];
      common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(right, down);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i++] });
      j++;
    } else if (j === b.length || (i < a.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      lines.push(removed(a[i++]));
    } else {
      lines.push(added(b[j++]));
    }
  }
  return lines;
}

/** Puts a number in the place of long runs that stay the same. */
function withoutMiddle(lines: readonly Line[]): (Line | number)[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const shown: (Line | Line[])[] = [];
  for (const [i, line] of lines.entries()) {
    const last = shown.at(-1);
    if (near[i]) shown.push(line);
    else if (Array.isArray(last)) last.push(line);
    else shown.push([line]);
  }
  return shown.flatMap<Line | number>((part) =>
    !Array.isArray(part) ? [part] : part.length < SHORTEST_GAP ? part : [part.length],
  );
}

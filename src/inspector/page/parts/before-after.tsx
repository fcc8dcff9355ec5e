/** One change: what was, what is, and where the two differ. */
import type { ChangeLine, Shown } from '../../api.js';
import { isWithin } from '../client/pointers.js';
import { go } from '../route.js';
import { PathText } from './path.js';

const SIGNS = { add: '+', remove: '−', replace: '~' } as const;
const WORDS = { add: 'added', remove: 'removed', replace: 'replaced' } as const;

export function Operation({ op }: { readonly op: ChangeLine['op'] }) {
  return (
    <span class={`op op-${op}`} role="img" aria-label={WORDS[op]} title={WORDS[op]}>
      {SIGNS[op]}
    </span>
  );
}

/** The changes of a step, each with its value before and after. */
export function ChangeList({ changes, within }: { readonly changes: readonly ChangeLine[]; readonly within?: string }) {
  const shown = within === undefined ? changes : changes.filter(({ path }) => isWithin(path, within));
  return (
    <ul class="change-list">
      {shown.map((change, i) => (
        <li key={`${i} ${change.path}`} class="change">
          <button type="button" class="change-path" onClick={() => go({ view: 'tree', path: change.path })}>
            <Operation op={change.op} />
            <PathText path={change.path} />
          </button>
          <BeforeAfter before={change.before} after={change.after} />
        </li>
      ))}
    </ul>
  );
}

export function BeforeAfter({
  before,
  after,
}: {
  readonly before: Shown | undefined;
  readonly after: Shown | undefined;
}) {
  const [head, tail] = sameEnds(before, after);
  return (
    <div class="before-after">
      {before !== undefined && <Side name="before" sign="−" shown={before} head={head} tail={tail} />}
      {after !== undefined && <Side name="after" sign="+" shown={after} head={head} tail={tail} />}
    </div>
  );
}

interface SideProperties {
  readonly name: 'before' | 'after';
  readonly sign: string;
  readonly shown: Shown;
  readonly head: number;
  readonly tail: number;
}

function Side({ name, sign, shown: { text, cut }, head, tail }: SideProperties) {
  const end = text.length - tail;
  return (
    <div class={`side ${name}`}>
      <span class="side-sign" aria-hidden="true">
        {sign}
      </span>
      <span class="visually-hidden">{name}: </span>
      <code>
        {text.slice(0, head)}
        {end > head && <mark>{text.slice(head, end)}</mark>}
        {text.slice(end)}
        {cut && <span class="v-more">…</span>}
      </code>
    </div>
  );
}

/** How many characters two texts have in common at their beginning and at their end; all of them if there is only one. */
function sameEnds(before: Shown | undefined, after: Shown | undefined): [head: number, tail: number] {
  if (before === undefined || after === undefined) return [Number.POSITIVE_INFINITY, 0];
  const [a, b] = [before.text, after.text];
  const shortest = Math.min(a.length, b.length);
  let head = 0;
  while (head < shortest && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return [head, tail];
}

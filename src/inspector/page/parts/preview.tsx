/** A value on one line, as text: nothing in a document is ever markup. */
import type { Preview, Shown } from '../../api.js';
import { counted } from './format.js';

export function PreviewText({ preview }: { readonly preview: Preview }) {
  const { kind, value, size = 0, cut } = preview;
  if (kind === 'object') return <span class="v-container">{`{ ${counted(size, 'key')} }`}</span>;
  if (kind === 'array') return <span class="v-container">{`[ ${counted(size, 'element')} ]`}</span>;
  if (kind !== 'string') return <span class={`v-${kind}`}>{String(value)}</span>;
  return (
    <span class="v-string">
      {JSON.stringify(value)}
      {cut && <span class="v-more">{`… ${counted(size, 'character')}`}</span>}
    </span>
  );
}

/** JSON of one line, or nothing where nothing was. */
export function ShownText({ shown }: { readonly shown: Shown | undefined }) {
  if (shown === undefined) return <span class="v-nothing">nothing</span>;
  return (
    <span class="v-json">
      {shown.text}
      {shown.cut && <span class="v-more">…</span>}
    </span>
  );
}

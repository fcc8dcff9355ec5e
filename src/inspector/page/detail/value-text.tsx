/** The JSON of a value, of a long one only the beginning: a browser takes seconds for the layout of a line of megabytes. */
import { useState } from 'preact/hooks';
import type { ValueAnswer } from '../../api.js';
import { counted } from '../parts/format.js';

const FIRST_LENGTH = 20_000;

interface Properties {
  readonly answer: ValueAnswer;
  readonly changed: boolean;
  readonly onReload: () => void;
}

export function ValueText({ answer: { text, cut, version }, changed, onReload }: Properties) {
  const [all, setAll] = useState(false);
  const shown = all ? text : text.slice(0, FIRST_LENGTH);
  return (
    <section class="value" aria-label="Value">
      <h3>
        Value <span class="muted">at version {version}</span>
        {changed && (
          <button type="button" class="link end" onClick={onReload}>
            It has changed. Read it again
          </button>
        )}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="json mono" tabIndex={0} aria-label="JSON">
        {shown}
        {shown.length < text.length && '…'}
      </section>
      {shown.length < text.length && (
        <button type="button" class="button quiet" onClick={() => setAll(true)}>
          Show {cut ? 'the first' : 'all'} {counted(text.length, 'character')}
        </button>
      )}
      {cut && (
        <p class="muted">
          The value is longer than a page can show. <code>jsonmmap get</code> prints all of it.
        </p>
      )}
    </section>
  );
}

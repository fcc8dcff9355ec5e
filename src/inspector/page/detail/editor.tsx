/** Two steps: type, then look at the difference and confirm it. */
import { useEffect, useRef } from 'preact/hooks';
import { RequestError } from '../client/request.js';
import { count } from '../parts/format.js';
import { Problem } from '../parts/message.js';
import type { DraftState } from './draft-state.js';
import { LineDiff } from './line-diff.js';
import type { Draft } from './use-draft.js';

const TITLES = { set: 'Edit', delete: 'Delete', restore: 'Restore' } as const;

export function Editor({ region, draft }: { readonly region: string; readonly draft: Draft }) {
  const { state } = draft;
  if (state === undefined) return null;
  return state.step === 'typing' ? (
    <Typing state={state} draft={draft} />
  ) : (
    <Review region={region} state={state} draft={draft} />
  );
}

function Typing({ state, draft }: { readonly state: DraftState; readonly draft: Draft }) {
  const first = useRef<HTMLElement>(null);
  useEffect(() => first.current?.focus(), []);
  const problem = problemOf(state);
  const isNew = state.container !== undefined;
  return (
    <form
      class="editor"
      aria-label={isNew ? 'Add a key' : 'Edit'}
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined) draft.change({ step: 'review' });
      }}
    >
      {isNew && (
        <label class="stacked">
          Key
          <input
            ref={first as { current: HTMLInputElement | null }}
            class="mono"
            value={state.key}
            onInput={(event) => draft.change({ key: event.currentTarget.value })}
          />
        </label>
      )}
      <label class="stacked grows">
        JSON
        <textarea
          ref={isNew ? null : (first as { current: HTMLTextAreaElement | null })}
          class="mono"
          spellcheck={false}
          value={state.text}
          aria-invalid={problem !== undefined}
          aria-describedby="edit-problem"
          onInput={(event) => draft.change({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') draft.cancel();
            else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              event.currentTarget.form?.requestSubmit();
          }}
        />
      </label>
      <p id="edit-problem" class="edit-problem" role="status">
        {state.text === '' ? '' : problem}
      </p>
      <div class="actions">
        <button type="submit" class="button primary" disabled={problem !== undefined}>
          Review
        </button>
        <button type="button" class="button quiet" onClick={() => draft.cancel()}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function problemOf({ text, container, key }: DraftState): string | undefined {
  if (container !== undefined && key === '') return 'The key is missing.';
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

interface ReviewProperties {
  readonly region: string;
  readonly state: DraftState;
  readonly draft: Draft;
}

function Review({ region, state, draft }: ReviewProperties) {
  const { verb, base, baseVersion, text, error, conflict, step, restores } = state;
  const after = verb === 'delete' ? undefined : pretty(text);
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => confirm.current?.focus(), [conflict]);
  return (
    <section class="editor" aria-label="Review the edit">
      <h3>
        {TITLES[verb]}
        {restores !== undefined && ` the value of version ${count(restores)}`}{' '}
        <span class="muted">on version {count(baseVersion)}</span>
      </h3>
      {error !== undefined && <Refusal error={error} conflict={conflict} />}
      <LineDiff before={conflict === undefined ? base : conflict.text} after={after} />
      <div class="actions">
        {conflict === undefined ? (
          <button
            type="button"
            ref={confirm}
            class={`button ${verb === 'delete' ? 'destructive' : 'primary'}`}
            disabled={step === 'writing'}
            onClick={() => draft.confirm()}
          >
            {verb === 'delete' ? 'Delete from' : 'Write to'} {region}
          </button>
        ) : (
          <button type="button" ref={confirm} class="button primary" onClick={() => draft.rebase()}>
            Review against version {count(conflict.version)}
          </button>
        )}
        {verb === 'set' && (
          <button type="button" class="button quiet" onClick={() => draft.change({ step: 'typing' })}>
            Back to the text
          </button>
        )}
        <button type="button" class="button quiet" onClick={() => draft.cancel()}>
          Cancel
        </button>
      </div>
    </section>
  );
}

function Refusal({ error, conflict }: { readonly error: Error; readonly conflict: DraftState['conflict'] }) {
  if (conflict === undefined) return <Problem error={error} />;
  return (
    <div class="problem" role="alert">
      <p>
        Nothing was written: the value is another one at version {count(conflict.version)}. Your text is kept. Below is
        what it would change now.
      </p>
      <p class="problem-code">{error instanceof RequestError && error.code}</p>
    </div>
  );
}

function pretty(text: string): string {
  return JSON.stringify(JSON.parse(text), undefined, 2);
}

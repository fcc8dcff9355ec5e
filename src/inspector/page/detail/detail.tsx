/** The value that is selected: where it is, what it is, what it was, and the way to change it. */
import { childOf, parentOf, setCommand, tokensOf } from '../client/pointers.js';
import type { LiveRegion } from '../live/live.js';
import { CopyButton } from '../parts/copy.js';
import { Icon } from '../parts/icons.js';
import { Problem } from '../parts/message.js';
import { go } from '../route.js';
import { Editor } from './editor.js';
import { PathHistory } from './path-history.js';
import { type Draft, useDraft } from './use-draft.js';
import { useValue, type Value } from './use-value.js';
import { ValueText } from './value-text.js';

interface Properties {
  readonly live: LiveRegion;
  readonly path: string;
  readonly mayWrite: boolean;
}

export function Detail({ live, path, mayWrite }: Properties) {
  const value = useValue(live, path);
  const draft = useDraft(live, path);
  return (
    <aside class="pane detail" aria-label="Selected value">
      <header class="pane-head">
        <DetailPath path={path} />
        <button type="button" class="button quiet icon-only" aria-label="Close" onClick={() => go({ path: undefined })}>
          <Icon name="close" />
        </button>
      </header>
      {draft.state === undefined ? (
        <>
          <Actions live={live} path={path} value={value} mayWrite={mayWrite} draft={draft} />
          {value.error !== undefined && <Problem error={value.error} />}
          {value.answer !== undefined && (
            <ValueText answer={value.answer} changed={value.changed} onReload={value.reload} />
          )}
          <PathHistory live={live} path={path} mayWrite={mayWrite} draft={draft} changes={value.changes} />
        </>
      ) : (
        <Editor region={live.client.name} draft={draft} />
      )}
    </aside>
  );
}

function DetailPath({ path }: { readonly path: string }) {
  const tokens = tokensOf(path);
  const ancestors = ['', ...tokens.map((_, i) => tokens.slice(0, i + 1).reduce(childOf, ''))];
  return (
    <h2 class="crumbs mono">
      {ancestors.map((one, i) => (
        <button
          type="button"
          class="link"
          key={one}
          aria-current={one === path ? 'location' : undefined}
          onClick={() => go({ path: one })}
        >
          {i === 0 ? '(document)' : `/${tokens[i - 1]}`}
        </button>
      ))}
    </h2>
  );
}

interface ActionsProperties extends Properties {
  readonly value: Value;
  readonly draft: Draft;
}

function Actions({ live, path, value: { answer }, mayWrite, draft }: ActionsProperties) {
  const compact = (): string => {
    if (answer === undefined) throw new Error('the value has not come yet');
    if (answer.cut) throw new Error(`too long for a page: use jsonmmap get ${live.client.name}`);
    return JSON.stringify(JSON.parse(answer.text));
  };
  return (
    <div class="actions">
      <CopyButton label="Pointer" text={() => path} />
      <CopyButton label="JSON" text={() => (answer?.cut === false ? answer.text : compact())} />
      <CopyButton label="Set command" text={() => setCommand(live.client.name, path, compact())} />
      {mayWrite && answer !== undefined && !answer.cut && (
        <button type="button" class="button" onClick={() => draft.edit(answer)}>
          Edit
        </button>
      )}
      {mayWrite && answer !== undefined && parentOf(path) !== undefined && (
        <button type="button" class="button quiet danger" onClick={() => draft.remove(answer)}>
          Delete
        </button>
      )}
      {mayWrite && answer?.text.startsWith('{') && (
        <button type="button" class="button quiet" onClick={() => draft.add(answer)}>
          Add key
        </button>
      )}
    </div>
  );
}

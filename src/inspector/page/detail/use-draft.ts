/** An edit, from the first letter to the answer of the master. What somebody typed is kept until it is written or given up. */
import { useEffect, useState } from 'preact/hooks';
import type { ValueAnswer } from '../../api.js';
import { childOf } from '../client/pointers.js';
import type { LiveRegion } from '../live/live.js';
import { announce } from '../parts/announce.js';
import type { DraftState } from './draft-state.js';
import { conflictOf, write } from './write.js';

export interface Draft {
  readonly state: DraftState | undefined;
  edit(value: ValueAnswer): void;
  add(container: ValueAnswer): void;
  remove(value: ValueAnswer): void;
  restore(version: number): Promise<void>;
  change(change: Partial<DraftState>): void;
  /** Takes the value of now as the one that the edit is made on. */
  rebase(): void;
  confirm(): Promise<void>;
  cancel(): void;
}

export function useDraft(live: LiveRegion, path: string): Draft {
  const [state, setState] = useState<DraftState | undefined>();
  useEffect(() => setState(undefined), [live, path]);
  const change = (part: Partial<DraftState>): void => setState((last) => last && { ...last, ...part });
  const begin = (verb: DraftState['verb'], { text, version }: ValueAnswer, part: Partial<DraftState> = {}): void =>
    setState({ verb, path, base: text, baseVersion: version, text, step: 'typing', ...part });
  return {
    state,
    change,
    edit: (value) => begin('set', value),
    add: (value) => begin('set', value, { container: path, key: '', base: undefined, text: '' }),
    remove: (value) => begin('delete', value, { step: 'review' }),
    async restore(version) {
      try {
        const [then, now] = await Promise.all([live.client.value(path, version), live.client.value(path)]);
        begin('restore', now, { text: then.text, restores: version, step: 'review' });
      } catch (error) {
        announce((error as Error).message);
      }
    },
    rebase() {
      const { conflict } = state ?? {};
      if (conflict === undefined) return;
      setState((last) => last && rebased(last, conflict));
    },
    async confirm() {
      if (state === undefined) return;
      change({ step: 'writing' });
      const target = state.container === undefined ? state.path : childOf(state.container, state.key ?? '');
      try {
        const { version } = await write(live, { ...state, path: target });
        announce(`written: version ${version}`);
        setState(undefined);
      } catch (error) {
        const conflict = await conflictOf(live, target, error as Error);
        change({ step: 'review', error: error as Error, ...(conflict !== undefined && { conflict }) });
      }
    },
    cancel: () => setState(undefined),
  };
}

function rebased(state: DraftState, { version, text }: NonNullable<DraftState['conflict']>): DraftState {
  const { error: _, conflict: __, ...rest } = state;
  return { ...rest, base: text, baseVersion: version, step: 'review' };
}

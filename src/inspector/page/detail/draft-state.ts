/** What is known of an edit until it is written. */

export interface DraftState {
  readonly verb: 'set' | 'delete' | 'restore';
  readonly path: string;
  /** Of a new key: the container that it goes into, and the key. */
  readonly container?: string;
  readonly key?: string;
  /** The value that the edit began with: undefined where nothing is. */
  readonly base: string | undefined;
  readonly baseVersion: number;
  readonly text: string;
  /** The version to restore. */
  readonly restores?: number;
  readonly step: 'typing' | 'review' | 'writing';
  readonly error?: Error;
  /** What is there now, after the edit was refused because of it. */
  readonly conflict?: { readonly version: number; readonly text: string | undefined };
}

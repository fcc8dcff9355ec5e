import type { Master } from 'jsonmmap';

export interface Payload {
  readonly counter: number;
  readonly parts: Readonly<Record<string, { readonly c: number; readonly list: readonly number[] }>>;
  readonly rows: readonly { readonly number: number; readonly c: number }[];
  readonly names: Readonly<Record<string, string>>;
  readonly pad: string;
  readonly tail: number;
}

export declare function documentAt(counter: number): Payload;
export declare function faultOf(document: unknown, version: number): string | undefined;
export declare function faultAt(get: (path: string) => unknown, version: number, turn: number): string | undefined;
export declare function publishNext(
  master: Pick<Master, 'version' | 'write' | 'patch' | 'transaction' | 'update' | 'set' | 'delete' | 'merge'>,
): number;

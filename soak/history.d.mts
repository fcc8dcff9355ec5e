export interface Sight {
  readonly version: number;
  readonly digest: number;
  readonly begin: number;
  readonly end: number;
}

export declare class History {
  readonly faults: readonly { readonly kind: 'torn' | 'backwards' | 'lost'; readonly message: string }[];
  readonly counts: Readonly<Record<'torn' | 'backwards' | 'lost', number>>;
  readonly newest: number;
  witness(witness: { name: string; master: boolean }): number;
  begun(by: number, version: number, digest: number, at: number): void;
  published(by: number, version: number, at: number): void;
  refused(by: number, version: number): void;
  saw(witness: number, sight: Sight): void;
  sawOld(witness: number, version: number, digest: number): void;
}

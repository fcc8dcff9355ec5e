export interface Attack {
  readonly area: string;
  readonly attack: string;
  readonly promise: string;
  readonly tests: readonly { readonly file: string; readonly name?: string }[];
}
export const attacks: readonly Attack[];

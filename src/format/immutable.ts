/** The type of what is read: `T` with everything in it readonly. */
export type Immutable<T> = T extends (infer E)[]
  ? readonly Immutable<E>[]
  : T extends readonly (infer E)[]
    ? readonly Immutable<E>[]
    : T extends (...parameters: never[]) => unknown
      ? T
      : T extends object
        ? { readonly [K in keyof T]: Immutable<T[K]> }
        : T;

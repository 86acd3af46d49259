type KeyOf<Name extends 'dispose' | 'asyncDispose'> = SymbolConstructor extends {
  readonly [K in Name]: infer Key extends symbol;
}
  ? Key
  : never;

/** Supports `using` if the consumer's TypeScript lib declares `Symbol.dispose`; otherwise has no members. */
export type Disposes = { [Key in KeyOf<'dispose'>]: () => void };

/** As `Disposes`, for `await using` and `Symbol.asyncDispose`. */
export type DisposesAsync = { [Key in KeyOf<'asyncDispose'>]: () => Promise<void> };

type KeyOf<Name extends 'dispose' | 'asyncDispose'> = SymbolConstructor extends {
  readonly [K in Name]: infer Key extends symbol;
}
  ? Key
  : never;

/** Works with `using` where the reader's TypeScript knows `Symbol.dispose`; asks nothing elsewhere. */
export type Disposes = { [Key in KeyOf<'dispose'>]: () => void };

/** Works with `await using` where the reader's TypeScript knows `Symbol.asyncDispose`. */
export type DisposesAsync = { [Key in KeyOf<'asyncDispose'>]: () => Promise<void> };

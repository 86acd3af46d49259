/** What must never be readable in a log line. */
export interface RedactOptions {
  /** Field names, at any depth, in any case; added to the usual ones (`password`, `api_key`, …). */
  readonly keys?: readonly string[];
  /** Paths from the field's root: `user.card.number`, `items[*].token`, `headers.*`. */
  readonly paths?: readonly string[];
  /** Secrets themselves: found inside any string of a line. */
  readonly values?: readonly (string | { reveal(): string })[];
  /** `false`: only the keys named here. */
  readonly defaultKeys?: boolean;
}

/** What stands in a secret's place. */
export const MASK = '**********';

/** Where a trial of `use-places.ts` runs. */
export interface Place {
  /** Holds the programs, below the folder with `node_modules`. */
  readonly folder: string;
  /** The environment of the programs. */
  readonly env: Record<string, string | undefined>;
  readonly node: string;
}

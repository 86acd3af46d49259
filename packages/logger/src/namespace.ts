/** What the loggers of one name share: the level, and below which number a call does nothing. */
export interface Namespace {
  readonly name: string;
  /** The level set for the name. */
  level: number;
  /** The least level any output takes of this name. */
  gate: number;
  /** Set where a logger has a level of its own, whatever is set for its name. */
  readonly own: number | undefined;
}

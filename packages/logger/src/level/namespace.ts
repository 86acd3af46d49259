/** The state that all loggers of one name share: its level, and the least level that is written. */
export interface Namespace {
  readonly name: string;
  /** The level set for the name. */
  level: number;
  /** The least level that any output takes of this name; lower calls do nothing. */
  gate: number;
  /** The level of one logger alone, which rules for its name do not change. */
  readonly own: number | undefined;
}

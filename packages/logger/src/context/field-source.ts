/** Fields that many lines share, with a cache of their JSON. */
export interface FieldSource {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether the caller gave the trace id; a generated one yields to the active span's. */
  readonly given: boolean;
  readonly traceId: string;
  /** Filled by the formatters. */
  readonly layers: FieldLayer[];
}

/** A top-level field's name, as far as a cached layer needs it. */
export interface FieldKey {
  /** The number of the last line that had this field. */
  line: number;
}

/** The JSON of a context and of bound fields together, made for their first line. */
export interface FieldLayer {
  /** The state of the formatter that made it; an entry of another state is not used. */
  readonly owner: object | undefined;
  /** The bound fields above the context's. */
  readonly above: FieldSource | undefined;
  /** Whether it has a field whose place is elsewhere in the line. */
  readonly unusual: boolean;
  readonly given: boolean;
  readonly traceId: string | undefined;
  /** `"…"`, the trace id as JSON. */
  readonly trace: string;
  /** `,"task_id":…,"agent_id":…` */
  readonly ids: string;
  /** `,"trace_id":…` and the ids: the part of a line whose call has none of these fields. */
  readonly usualIds: string;
  readonly custom: string;
  readonly keys: readonly FieldKey[];
}

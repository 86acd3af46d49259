import type { ContextFields } from './context.ts';
import { flat, type Key, type Serializer, Slot } from './serializer.ts';

/** Fields that many lines share, with the place where their JSON is kept. */
export interface FieldSource {
  readonly fields: ContextFields;
  /** Whether somebody gave the trace id; a made-up one yields to the active span's. */
  readonly given: boolean;
  readonly traceId: string;
  readonly layers: Layer[];
}

/** The JSON of a context and of bound fields together, worked out on their first line. */
export interface Layer {
  /** Whose work it is: another formatter, or one with newer secrets, makes its own. */
  readonly owner: object | undefined;
  readonly above: FieldSource | undefined;
  /** Whether a field stands in it whose place is elsewhere in the line. */
  readonly unusual: boolean;
  readonly given: boolean;
  readonly traceId: string | undefined;
  /** `"…"`, the trace id as JSON. */
  readonly trace: string;
  /** `,"task_id":…,"agent_id":…` */
  readonly ids: string;
  /** `,"trace_id":…` and the ids: what stands in a line that says nothing of its own of these. */
  readonly usualIds: string;
  readonly custom: string;
  readonly keys: readonly Key[];
}

const MAX_LAYERS = 4;

const NOTHING: Layer = {
  owner: undefined,
  above: undefined,
  unusual: false,
  given: false,
  traceId: undefined,
  trace: '',
  ids: '',
  usualIds: '',
  custom: '',
  keys: [],
};

/**
 * What surrounds a call: the context's fields, above them the bound ones, below them the base's.
 * @param merged Whether the call's fields have all of these in them already.
 */
export function layerOf(
  json: Serializer,
  context: FieldSource | undefined,
  bound: FieldSource | undefined,
  merged: boolean,
): Layer {
  const source = context ?? bound ?? json.base;
  if (merged || source === undefined) return NOTHING;
  const above = context === undefined ? undefined : bound;
  for (const layer of source.layers) {
    if (layer.owner === json.version && layer.above === above) return layer;
  }
  const made = newLayer(json, source, above);
  if (source.layers.length >= MAX_LAYERS) source.layers.length = 0;
  source.layers.push(made);
  return made;
}

/** All fields of a line as one object: the call's above the bound, the context's and the base's. */
export function mergedFields(
  base: FieldSource | undefined,
  context: FieldSource | undefined,
  bound: FieldSource | undefined,
  fields?: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = Object.create(null);
  for (const source of [base?.fields, context?.fields, bound?.fields, fields]) {
    if (source === undefined) continue;
    for (const name of Object.keys(source)) {
      if (source[name] !== undefined) merged[name] = source[name];
    }
  }
  return merged;
}

function newLayer(json: Serializer, source: FieldSource, above: FieldSource | undefined): Layer {
  const merged = mergedFields(json.base, source, above);
  const keys: Key[] = [];
  let unusual = false;
  let custom = '';
  let task = '';
  let agent = '';
  for (const name of Object.keys(merged)) {
    const key = json.key(name);
    if (key.slot === Slot.trace_id) continue;
    const value = json.value(merged[name], key);
    if (value === undefined) continue;
    keys.push(key);
    if (key.slot === Slot.task_id) task = key.json + value;
    else if (key.slot === Slot.agent_id) agent = key.json + value;
    else if (key.slot === Slot.none) custom += key.json + value;
    else unusual = true;
  }
  const giver = above?.given ? above : source;
  const trace = json.text(giver.traceId);
  const ids = flat(task + agent);
  return {
    owner: json.version,
    above,
    unusual: unusual || keys.length > MAX_KEYS,
    given: giver.given,
    traceId: source === json.base ? undefined : giver.traceId,
    trace,
    ids,
    usualIds: flat(`,"trace_id":${trace}${ids}`),
    custom: flat(custom),
    keys,
  };
}

// A context of more fields than a line may have goes the long way, which counts them.
const MAX_KEYS = 200;

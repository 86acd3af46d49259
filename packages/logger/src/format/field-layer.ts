import type { FieldLayer, FieldSource } from '../context/field-source.ts';
import { flat } from './json-string.ts';
import { type Key, type Serializer, Slot } from './serializer.ts';

/*
 * The fields of a context, of a bound logger and of the set-up are the same on many lines, so their
 * JSON is made once and kept with the context or the bound fields: that is a field layer. A line
 * concatenates it with the JSON of the call's own fields. An entry belongs to one state of one
 * formatter (`owner`): other fields of the set-up, other secrets or another policy of redaction
 * make a new state, and old entries are not used again.
 */

const MAX_LAYERS = 4;

const NOTHING: FieldLayer = {
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
 * The fields around a call: the context's fields, above them the bound ones, below them the base's.
 * @param merged Whether the call's fields have all of these in them already.
 */
export function layerOf(
  json: Serializer,
  context: FieldSource | undefined,
  bound: FieldSource | undefined,
  merged: boolean,
): FieldLayer {
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

function newLayer(
  json: Serializer,
  source: FieldSource,
  above: FieldSource | undefined,
): FieldLayer {
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

import type { FieldSource } from '../context/field-source.ts';
import { errorFields, isError } from './error-fields.ts';
import { MASK, type PathNode, type Redactor, type SecretValue, stepInto } from './redact.ts';

const MAX_DEPTH = 10;
const MAX_ITEMS = 250;
const MAX_STRING = 16_384;
const MAX_KEY = 256;
const MAX_TOTAL = 131_072;
const MAX_KEYS_KNOWN = 4096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;
const BEYOND_JSON = /[\u007f-\u009f\u2028\u2029]/g;
const MASK_JSON = `"${MASK}"`;

/** A field's name as it stands in a line, worked out once. */
export interface Key {
  /** `,"key":` */
  readonly json: string;
  readonly name: string;
  /** Whether its value is masked wherever it stands. */
  readonly secret: boolean;
  /** Whether nothing about it is to be masked. */
  readonly plain: boolean;
  /** Where redaction paths go on below it. */
  readonly path: PathNode | undefined;
  /** Its place in the line when that is a fixed one. */
  readonly slot: Slot;
  /** The number of the line that had this key last. */
  line: number;
}

/** The places of a line. */
export type Slot = (typeof Slot)[keyof typeof Slot];

/** Fields with a place of their own in a line; a caller cannot set the reserved ones. */
export const Slot = {
  none: 0,
  reserved: 1,
  trace_id: 2,
  task_id: 3,
  agent_id: 4,
  execution_time: 5,
  span_id: 6,
  trace_flags: 7,
  otel_trace_id: 8,
  module: 9,
  function: 10,
  lineno: 11,
} as const;

const SLOTS: ReadonlyMap<string, Slot> = new Map<string, Slot>([
  ...(Object.entries(Slot).slice(2) as [string, Slot][]),
  ['timestamp', Slot.reserved],
  ['level', Slot.reserved],
  ['name', Slot.reserved],
  ['message', Slot.reserved],
]);

/** A walk over one value: what is open above, and how much may still be written. */
interface Walk {
  readonly open: object[];
  left: number;
}

/** Turns any value into JSON: bounded, redacted, on one line; never throws. */
export class Serializer {
  readonly redactor: Redactor;
  /** Changes with what is to be masked: JSON kept from before it is out of date. */
  version: object = {};
  /** Fields every line carries. */
  base: FieldSource | undefined;
  readonly #keys = new Map<string, Key>();

  constructor(redactor: Redactor) {
    this.redactor = redactor;
  }

  /** Masks further secrets; what was worked out before is worked out anew. */
  addSecrets(values: Iterable<SecretValue>): void {
    this.redactor.addValues(values);
    this.#keys.clear();
    this.version = {};
  }

  /** Sets the fields every line carries. */
  setBase(fields: Readonly<Record<string, unknown>>): void {
    const some = Object.keys(fields).length > 0;
    this.base = some ? { fields, given: false, traceId: '', layers: [] } : undefined;
    this.version = {};
  }

  /** A top-level field's name. */
  key(name: string): Key {
    return this.#keys.get(name) ?? this.#newKey(name);
  }

  #newKey(name: string): Key {
    const { paths } = this.redactor;
    const clean = this.redactor.hasValues ? this.redactor.scrub(name) : name;
    const shown = clean.length > MAX_KEY ? `${clean.slice(0, MAX_KEY)}…` : clean;
    const slot = SLOTS.get(name) ?? Slot.none;
    const secret = this.redactor.masksKey(name);
    const path = paths === undefined ? undefined : stepInto(paths, name);
    const key: Key = {
      json: flat(`,${this.text(shown)}:`),
      name,
      secret,
      plain: !secret && path === undefined,
      path,
      slot,
      line: 0,
    };
    if (this.#keys.size >= MAX_KEYS_KNOWN) this.#keys.clear();
    this.#keys.set(name, key);
    return key;
  }

  /** A string as JSON that no terminal and no line splitter can misread. */
  text(value: string): string {
    if (this.redactor.hasValues) return quote(this.#scrubbed(value));
    return quote(value);
  }

  #scrubbed(value: string): string {
    const { redactor } = this;
    if (value.length <= MAX_STRING) return redactor.scrub(value);
    // A secret must not come out cut in half where a giant string is cut.
    const head = redactor.scrub(value.slice(0, MAX_STRING + redactor.longest));
    // Its last part may be half of one, and masks before it have moved that forward.
    return shorten(head.slice(0, Math.max(0, head.length - redactor.longest)), value.length);
  }

  /** Any value as JSON; undefined where JSON leaves it out. */
  value(value: unknown, key?: Key): string | undefined {
    if (key?.secret) return value === undefined ? undefined : MASK_JSON;
    // The usual values need no bookkeeping.
    if (key?.plain) {
      if (typeof value === 'string') return this.text(value);
      if (typeof value === 'number') return this.number(value);
      if (typeof value === 'boolean') return value ? 'true' : 'false';
    }
    return this.#any(value, { open: [], left: MAX_TOTAL }, key?.path);
  }

  #any(value: unknown, walk: Walk, path: PathNode | undefined): string | undefined {
    if (path?.leaf) return MASK_JSON;
    switch (typeof value) {
      case 'string':
        return this.#spend(this.text(value), walk);
      case 'number':
        return this.number(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'undefined':
        return undefined;
      case 'bigint':
      case 'symbol':
        return this.text(String(value));
      case 'function':
        return this.text(`[Function ${functionName(value)}]`);
      default:
        return value === null ? 'null' : this.#guarded(value as object, walk, path);
    }
  }

  /** A number as JSON; what JSON has no number for becomes a string. */
  number(value: number): string {
    if (this.redactor.numeric && this.redactor.scrub(String(value)) === MASK) return MASK_JSON;
    if (Number.isFinite(value)) return String(value);
    return `"${value}"`;
  }

  #spend(json: string, walk: Walk): string {
    walk.left -= json.length;
    return walk.left < 0 ? '"[Truncated]"' : json;
  }

  #guarded(value: object, walk: Walk, path: PathNode | undefined): string | undefined {
    if (walk.left < 0) return '"[Truncated]"';
    if (walk.open.includes(value)) return '"[Circular]"';
    if (walk.open.length >= MAX_DEPTH) return '"[Too deep]"';
    walk.open.push(value);
    try {
      return this.#object(value, walk, path);
    } catch (error) {
      return this.text(`[Unreadable: ${reason(error)}]`);
    } finally {
      walk.open.pop();
    }
  }

  #object(value: object, walk: Walk, path: PathNode | undefined): string | undefined {
    if (Array.isArray(value)) return this.#list(value, walk, path);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const json = (value as { toJSON?: unknown }).toJSON;
      if (typeof json !== 'function' && typeof (value as Secret).reveal !== 'function') {
        return this.#fields(value as Record<string, unknown>, walk, path);
      }
    }
    return this.#instance(value, walk, path);
  }

  #instance(value: object, walk: Walk, path: PathNode | undefined): string | undefined {
    if (isError(value)) return this.#fields(errorFields(value), walk, path);
    if (typeof (value as Secret).reveal === 'function') return MASK_JSON;
    if (value instanceof Date) {
      // Its own methods may be anybody's, and what they return anything.
      const invalid = Number.isNaN(Date.prototype.getTime.call(value));
      return invalid ? '"Invalid Date"' : `"${Date.prototype.toISOString.call(value)}"`;
    }
    if (value instanceof Map) return this.#map(value, walk, path);
    if (value instanceof Set) return this.#list([...firstOf(value)], walk, path, value.size);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return this.text(`[${value.constructor.name}, ${value.byteLength} bytes]`);
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.#any(toJSON.call(value, ''), walk, path);
    if (value instanceof RegExp || value instanceof String) return this.text(String(value));
    if (value instanceof Number || value instanceof Boolean) {
      return this.#any(value.valueOf(), walk, path);
    }
    if (OPAQUE.some((type) => value instanceof type)) {
      return this.text(`[${value.constructor.name}]`);
    }
    return this.#fields(value as Record<string, unknown>, walk, path);
  }

  #list(
    list: readonly unknown[],
    walk: Walk,
    path: PathNode | undefined,
    size: number = list.length,
  ): string {
    const end = Math.min(list.length, MAX_ITEMS);
    let json = '';
    for (let index = 0; index < end && walk.left >= 0; index += 1) {
      const step = path === undefined ? undefined : stepInto(path, String(index));
      const item = this.#element(list, index, walk, step);
      walk.left -= 1;
      json += json === '' ? item : `,${item}`;
    }
    if (size > end) json += `,"[${size - end} more]"`;
    return `[${json}]`;
  }

  #element(
    list: readonly unknown[],
    index: number,
    walk: Walk,
    path: PathNode | undefined,
  ): string {
    try {
      return this.#any(list[index], walk, path) ?? 'null';
    } catch (error) {
      return this.text(`[Unreadable: ${reason(error)}]`);
    }
  }

  #map(map: ReadonlyMap<unknown, unknown>, walk: Walk, path: PathNode | undefined): string {
    const fields: Record<string, unknown> = Object.create(null);
    for (const [key, value] of firstOf(map)) {
      fields[typeof key === 'string' ? key : (this.#any(key, walk, undefined) ?? 'undefined')] =
        value;
    }
    return this.#fields(fields, walk, path, map.size);
  }

  #fields(
    fields: Record<string, unknown>,
    walk: Walk,
    path: PathNode | undefined,
    size?: number,
  ): string {
    const keys = Object.keys(fields);
    const end = Math.min(keys.length, MAX_ITEMS);
    let json = '';
    for (let index = 0; index < end && walk.left >= 0; index += 1) {
      const name = keys[index] as string;
      const key = this.key(name);
      const step = path === undefined ? undefined : stepInto(path, name);
      const item = this.#member(fields, key, walk, step);
      if (item === undefined) continue;
      walk.left -= key.json.length;
      json += key.json + item;
    }
    const more = (size ?? keys.length) - end;
    if (more > 0) json += `,"…":"[${more} more]"`;
    return `{${json.slice(1)}}`;
  }

  #member(
    fields: Record<string, unknown>,
    key: Key,
    walk: Walk,
    path: PathNode | undefined,
  ): string | undefined {
    try {
      const value = fields[key.name];
      if (key.secret) return value === undefined ? undefined : MASK_JSON;
      return this.#any(value, walk, path);
    } catch (error) {
      return this.text(`[Unreadable: ${reason(error)}]`);
    }
  }
}

interface Secret {
  readonly reveal?: unknown;
}

const OPAQUE = [Promise, WeakMap, WeakSet, WeakRef];

/**
 * The same text in one piece. V8 keeps a sum of strings as a tree, and a part that many lines share
 * would be walked through for each of them.
 */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** A string as JSON, cut when giant. */
export function quote(text: string): string {
  if (text.length > MAX_STRING + 64) return quote(shorten(text, text.length));
  if (!UNSAFE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(BEYOND_JSON, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function shorten(text: string, length: number): string {
  return length <= MAX_STRING ? text : `${text.slice(0, MAX_STRING)}…[${length - MAX_STRING} more]`;
}

function* firstOf<T>(items: Iterable<T>): Iterable<T> {
  let count = 0;
  for (const item of items) {
    if (count === MAX_ITEMS) return;
    count += 1;
    yield item;
  }
}

/** Why something could not be read, as far as even that can be read. */
export function reason(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'no reason given';
  }
}

function functionName(value: unknown): string {
  try {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : '(anonymous)';
  } catch {
    return '(anonymous)';
  }
}

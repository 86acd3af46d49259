import { CIRCULAR, MASK, more, TRUNCATED_DEPTH, TRUNCATED_SIZE, UNREADABLE } from '@map/redaction';
import {
  isEntryOfSecret,
  isMap,
  isNamedSecret,
  isSet,
  type PathNode,
  quote,
  type Redactor,
  readString,
  stepInto,
} from '@map/redaction/kernel';
import type { FieldSource } from '../context/field-source.ts';
import { atOnce } from './at-once.ts';
import { type ErrorOptions, errorFields, isError } from './error-fields.ts';
import { endingOf, flat, MAX_STRING } from './json-string.ts';
import { plainForm } from './plain-form.ts';
import { RepeatedStrings } from './repeated-strings.ts';

const MAX_DEPTH = 10;
const MAX_ITEMS = 250;
const MAX_KEY = 256;
const MAX_TOTAL = 131_072;
const MAX_KEYS_KNOWN = 4096;
const MAX_CAUSES = 8;
/** With all places taken by such strings and their JSON, these are a megabyte. */
const MAX_REMEMBERED = 512;
const MASK_JSON = `"${MASK}"`;

/** A field's name as it stands in a line, worked out once. */
export interface Key {
  /** `,"key":` */
  readonly json: string;
  readonly name: string;
  /** Whether its value is masked wherever it stands. */
  readonly secret: boolean;
  /** Whether only the value itself can be a reason to mask it. */
  readonly plain: boolean;
  /** The redaction paths that continue below it. */
  readonly path: PathNode | undefined;
  /** Its place in the line where that is a fixed one. */
  readonly slot: Slot;
  /** The number of the last line that had this key. */
  line: number;
}

/** The places of a line. */
export type Slot = (typeof Slot)[keyof typeof Slot];

/** Fields with their own place in a line; a caller cannot set the reserved ones. */
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

/** A walk over one value: the objects around the current one, and how much may still be written. */
interface Walk {
  readonly open: object[];
  left: number;
  causes: number;
}

/** Turns any value into JSON: bounded, redacted, on one line; never throws. */
export class Serializer {
  readonly #redactor: Redactor;
  #redaction = -1;
  /** Changes when the JSON of the same value may change: older JSON is out of date. */
  version: object = {};
  /** Fields of every line. */
  base: FieldSource | undefined;
  /** Which parts of errors are written. */
  errors: ErrorOptions = {};
  readonly #keys = new Map<string, Key>();
  readonly #repeated = new RepeatedStrings((text) => this.#text(text));

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Forgets cached JSON when secrets or policy have changed since the last line. */
  refresh(): void {
    const { version } = this.#redactor;
    if (version === this.#redaction) return;
    this.#redaction = version;
    this.#keys.clear();
    this.#repeated.clear();
    this.version = {};
  }

  /** Sets the fields of every line. */
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
    const redactor = this.#redactor;
    const { paths } = redactor;
    const secret = redactor.mayBeSecretKey(name);
    const path = paths === undefined ? undefined : stepInto(paths, name);
    const key: Key = {
      json: flat(`,${quote(redactor.head(name, MAX_KEY))}:`),
      name,
      secret,
      plain: !secret && path === undefined,
      path,
      slot: SLOTS.get(name) ?? Slot.none,
      line: 0,
    };
    if (this.#keys.size >= MAX_KEYS_KNOWN) this.#keys.clear();
    this.#keys.set(name, key);
    return key;
  }

  /** A string as JSON, without secrets. All but long strings are remembered: see repeated-strings.ts. */
  text(value: string): string {
    if (value.length > MAX_REMEMBERED) return this.#text(value);
    return this.#repeated.json(value);
  }

  #text(value: string): string {
    if (value.length <= MAX_STRING + 64) return this.#redactor.json(value);
    const ending = endingOf(value.length);
    return quote(this.#redactor.head(value, MAX_STRING + ending.length, ending));
  }

  /** Any value as JSON; undefined where JSON leaves it out. */
  value(value: unknown, key?: Key): string | undefined {
    if (key?.secret && !this.#isOpen(key, value)) return masked(value);
    // The usual values need no bookkeeping.
    if (key?.plain) {
      if (typeof value === 'string') return this.text(value);
      if (typeof value === 'number') return this.number(value);
      if (typeof value === 'boolean') return value ? 'true' : 'false';
    }
    const causes = this.errors.causes ?? MAX_CAUSES;
    return this.#any(value, { open: [], left: MAX_TOTAL, causes }, key?.path);
  }

  #isOpen(key: Key, value: unknown, fields?: object): boolean {
    return key.path === undefined && this.#redactor.isOpenField(key.name, value, fields);
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
        return this.text(`[Function ${readString(value, 'name') || '(anonymous)'}]`);
      default:
        return value === null ? 'null' : this.#guarded(value as object, walk, path);
    }
  }

  /** A number as JSON; one that JSON does not have becomes a string. */
  number(value: number): string {
    if (this.#redactor.isSecretNumber(value)) return MASK_JSON;
    return Number.isFinite(value) ? String(value) : `"${value}"`;
  }

  #spend(json: string, walk: Walk): string {
    walk.left -= json.length;
    return walk.left < 0 ? quote(TRUNCATED_SIZE) : json;
  }

  #guarded(value: object, walk: Walk, path: PathNode | undefined): string | undefined {
    if (walk.left < 0) return quote(TRUNCATED_SIZE);
    if (walk.open.includes(value)) return quote(CIRCULAR);
    if (walk.open.length >= MAX_DEPTH) return quote(TRUNCATED_DEPTH);
    walk.open.push(value);
    try {
      return this.#object(value, walk, path);
    } catch {
      return quote(UNREADABLE);
    } finally {
      walk.open.pop();
    }
  }

  #object(value: object, walk: Walk, path: PathNode | undefined): string | undefined {
    if (Array.isArray(value)) return this.#list(value, walk, path);
    const { toJSON, reveal } = value as { toJSON?: unknown; reveal?: unknown };
    const prototype: unknown = Object.getPrototypeOf(value);
    const plain = prototype === Object.prototype || prototype === null;
    if (plain && typeof toJSON !== 'function' && typeof reveal !== 'function') {
      return this.#fields(value as Record<string, unknown>, walk, path);
    }
    if (isError(value)) return this.#error(value, walk, path);
    if (typeof reveal === 'function') return MASK_JSON;
    if (value instanceof Date) {
      // Its own methods may be overridden and return anything.
      const invalid = Number.isNaN(Date.prototype.getTime.call(value));
      return invalid ? '"Invalid Date"' : `"${Date.prototype.toISOString.call(value)}"`;
    }
    if (isMap(value)) return this.#map(value, walk, path);
    if (isSet(value)) return this.#list(firstOf(value), walk, path, value.size);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return this.text(`[${value.constructor.name}, ${value.byteLength} bytes]`);
    }
    const form = plainForm(value);
    if (form !== undefined) return this.#any(form, walk, path);
    if (typeof toJSON === 'function') return this.#any(atOnce(toJSON.call(value, '')), walk, path);
    return this.#fields(value as Record<string, unknown>, walk, path);
  }

  #error(error: Error, walk: Walk, path: PathNode | undefined): string {
    if (walk.causes < 0) return quote(TRUNCATED_DEPTH);
    walk.causes -= 1;
    const json = this.#fields(errorFields(error, this.errors), walk, path);
    walk.causes += 1;
    return json;
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
    if (size > end) json += `,"${more(size - end)}"`;
    return `[${json}]`;
  }

  #element(
    list: readonly unknown[],
    index: number,
    walk: Walk,
    path: PathNode | undefined,
  ): string {
    try {
      // Node's `rawHeaders` and entries: a name, then its value.
      if (index > 0 && isNamedSecret(list, index)) return MASK_JSON;
      return this.#any(list[index], walk, path) ?? 'null';
    } catch {
      return quote(UNREADABLE);
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
    const rest = (size ?? keys.length) - end;
    if (rest > 0) json += `,"…":"${more(rest)}"`;
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
      if (key.secret && !this.#isOpen(key, value, fields)) return masked(value);
      const hidden =
        (typeof value === 'string' || Array.isArray(value)) && isEntryOfSecret(fields, key.name);
      return hidden ? MASK_JSON : this.#any(value, walk, path);
    } catch {
      return quote(UNREADABLE);
    }
  }
}

/** A secret field's value: whether it is set may be known. */
function masked(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return value === null || typeof value === 'boolean' ? String(value) : MASK_JSON;
}

function firstOf<T>(items: Iterable<T>): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length === MAX_ITEMS) break;
    first.push(item);
  }
  return first;
}

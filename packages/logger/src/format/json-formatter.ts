import { type RedactionPolicy, UNREADABLE } from '@map/redaction';
import {
  activeSpan,
  type OtelSpanContext,
  processRedactor,
  quote,
  Redactor,
} from '@map/redaction/kernel';
import { getContext } from '../context/context.ts';
import type { FieldLayer, FieldSource } from '../context/field-source.ts';
import { newTraceId } from '../context/trace-id.ts';
import { LEVELS, type LevelName, levelName, levelNumber } from '../level/level.ts';
import { atOnce } from './at-once.ts';
import type { Caller } from './caller.ts';
import { isoMicros, nowMs } from './clock.ts';
import type { ErrorOptions } from './error-fields.ts';
import { layerOf, mergedFields } from './field-layer.ts';
import { flat, reason } from './json-string.ts';
import { type Key, Serializer, Slot } from './serializer.ts';

/** The parts of one line, before it is a line. */
export interface LogRecord {
  /** Milliseconds since 1970, with fractions. */
  readonly timeMs: number;
  readonly level: LevelName;
  readonly name: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  readonly caller?: Caller | undefined;
  /** @internal */
  readonly bound?: FieldSource | undefined;
  /** @internal */
  readonly context?: FieldSource | undefined;
}

/** The options of a formatter. */
export interface JsonFormatterOptions {
  /** Values to mask in addition to the process-wide policy. */
  readonly redact?: RedactionPolicy | undefined;
  /** Which parts of errors it writes. */
  readonly errors?: ErrorOptions | undefined;
}

const MAX_FIELDS = 250;
const MAX_LINE_BYTES = 262_144;
const MAX_NAMES = 1000;
/** Beyond it, as with NaN, there is no date. */
const MAX_TIME = 8.64e15;
const MESSAGE = Symbol.for('message');
const LEVEL = Symbol.for('level');

/** `","level":…,"name":…,"message":` of one name, by level. */
type Heads = { [level in LevelName]?: string };

/*
 * How a line is made. Its parts are strings that are concatenated: the time, a head of level and name
 * (cached by name and level), the message, the caller, the ids, the fields of context, bound logger
 * and set-up (a cached field layer, see field-layer.ts), the fields of the call. Every key is in a
 * line once: each key that the call writes is marked with the number of the line, and when the layer
 * has a key with that mark, the line is made again from all fields merged (`#long`). A field that
 * has its own place (`Slot`) is put there, one with the name of a fixed field gets a `_`. A
 * line that is too big is made again with as many fields as there is room for (`#cut`), and one
 * whose fields throw is made of those that do not (`#hostile`).
 */

/**
 * Formats records as JSON lines: the specification's fields in its order, bounded, redacted, one
 * line whatever the values. It serves as a winston format too.
 * @example
 * ```ts
 * import { JsonFormatter } from '@map/logger';
 *
 * const format = new JsonFormatter({ redact: { keys: ['card'] } });
 * console.log(format.format({ timeMs: 0, level: 'INFO', name: 'shop', message: 'Paid' }));
 * ```
 */
export class JsonFormatter {
  readonly #json: Serializer;
  readonly #heads = new Map<string, Heads>();
  #headsOf: object | undefined;
  #line = 0;

  constructor(options: JsonFormatterOptions = {}) {
    const { redact, errors } = options ?? {};
    this.#json = new Serializer(redact === undefined ? processRedactor : new Redactor(redact));
    if (errors !== undefined) this.#json.errors = errors;
  }

  /** Sets the fields of every line, which all others override. */
  setFields(fields: Readonly<Record<string, unknown>>): void {
    this.#json.setBase(fields);
  }

  /** Sets which parts of errors are written. */
  setErrors(errors: ErrorOptions | undefined): void {
    if (errors !== undefined) this.#json.errors = errors;
  }

  /** Any value as a redacted string: a message that is not a string. */
  text(value: unknown): string {
    const json = this.json(value);
    // A value whose form is a string, such as a symbol or a date, has no quotes in a message.
    return json.startsWith('"') ? JSON.parse(json) : json;
  }

  /** @internal Any value as redacted JSON, for `%j`. */
  json(value: unknown): string {
    return this.#json.value(value) ?? 'undefined';
  }

  /**
   * Makes one line, without a line feed; never throws.
   * @param record What the line is made of.
   * @returns One JSON object.
   */
  format(record: LogRecord): string {
    try {
      const line = this.#format(record);
      // A UTF-16 unit needs at most three bytes.
      const fits = line.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(line) <= MAX_LINE_BYTES;
      return fits ? line : this.#cut(record);
    } catch {
      return this.#hostile(record);
    }
  }

  /**
   * Does a winston format's work: puts the line under `Symbol.for('message')`.
   * @param info A winston info.
   * @returns The same info.
   */
  transform<T extends object>(info: T): T {
    const { level, message, timestamp, name, ...fields } = info as Record<string, unknown>;
    const number = levelNumber((info as Record<symbol, unknown>)[LEVEL] ?? level) ?? LEVELS.INFO;
    const timeMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
    const line = this.format({
      timeMs: Number.isNaN(timeMs) ? nowMs() : timeMs,
      level: levelName(number),
      name: typeof name === 'string' ? name : 'root',
      message: typeof message === 'string' ? message : this.text(message),
      fields,
      context: getContext(),
    });
    return Object.assign(info, { [MESSAGE]: atOnce(line) });
  }

  #format(record: LogRecord, merged = false): string {
    const json = this.#json;
    json.refresh();
    if (json.version !== this.#headsOf) {
      this.#heads.clear();
      this.#headsOf = json.version;
    }
    const { fields } = record;
    const layer = layerOf(json, record.context, record.bound, merged);
    if (layer.unusual) return this.#long(record);
    this.#line += 1;
    const line = this.#line;

    let custom = '';
    let places: Places | undefined;
    if (fields !== undefined) {
      let count = 0;
      // for…in over a plain object is what V8 reads fastest; no other object gets here.
      for (const name in fields) {
        count += 1;
        if (count > MAX_FIELDS) continue;
        const value = fields[name];
        const key = json.key(name);
        const part = json.value(value, key);
        if (part === undefined) continue;
        key.line = line;
        if (key.slot === Slot.none) custom += key.json + part;
        else if (key.slot === Slot.reserved) {
          // Its new name may be taken, here or in its surroundings.
          if (layer.keys.length > 0) return this.#long(record);
          custom += movedKey(name, fields) + part;
        } else {
          places ??= new Places();
          places.set(key.slot, part);
        }
      }
      if (count > MAX_FIELDS) custom += `,"…":"[${count - MAX_FIELDS} more]"`;
    }
    // Each key once: a field of the call must not come from the layer as well. A value that logs
    // while it is read has marked the keys with the number of its line.
    if (this.#line !== line && layer.keys.length > 0) return this.#long(record);
    for (const key of layer.keys) if (key.line === line) return this.#long(record);

    const { level, name } = record;
    const head =
      '{"timestamp":"' +
      isoMicros(record.timeMs) +
      (this.#heads.get(name)?.[level] ?? this.#head(name, level)) +
      json.text(record.message);
    if (places === undefined) {
      const place = record.caller === undefined ? '' : callerPart(json, record.caller);
      return `${head}${place}${idsPart(layer)}${layer.custom}${custom}}`;
    }
    const place = places.caller(json, record.caller);
    return head + place + idsPart(layer, places) + layer.custom + custom + places.end();
  }

  #head(name: string, level: LevelName): string {
    const head = flat(`","level":${quote(level)},"name":${this.#json.text(name)},"message":`);
    if (this.#heads.size >= MAX_NAMES) this.#heads.clear();
    const heads = this.#heads.get(name);
    if (heads === undefined) this.#heads.set(name, { [level]: head });
    else heads[level] = head;
    return head;
  }

  /** The line of a call with fields that surround it already: all fields are merged first. */
  #long(record: LogRecord): string {
    const fields = this.#merged(record);
    return this.#format({ ...record, fields, context: undefined, bound: undefined }, true);
  }

  #merged({ context, bound, fields }: LogRecord): Record<string, unknown> {
    const merged = mergedFields(this.#json.base, context, bound, fields);
    const own = fields?.['trace_id'];
    merged['trace_id'] =
      (own === '' ? undefined : own) ??
      (bound?.given ? bound.traceId : undefined) ??
      (context?.given ? context.traceId : undefined) ??
      activeSpan()?.traceId ??
      context?.traceId ??
      bound?.traceId;
    return merged;
  }

  /** The line of a record that is too big: as many fields as there is room for. */
  #cut(record: LogRecord): string {
    const merged = this.#merged(record);
    // The ids first: a line is found by them.
    const names = Object.keys(merged).sort((a, b) => this.#rank(b) - this.#rank(a));
    const kept: Record<string, unknown> = Object.create(null);
    let left = MAX_LINE_BYTES - 2048 - this.#bytes(record.message) - this.#bytes(record.name);
    let dropped = 0;
    for (const name of names) {
      left -= this.#bytes(merged[name], this.#json.key(name)) + this.#bytes(name) + 3;
      if (left > 0) kept[name] = merged[name];
      else dropped += 1;
    }
    kept['truncated'] = `${dropped} fields`;
    return this.#format({ ...record, fields: kept, context: undefined, bound: undefined }, true);
  }

  #bytes(value: unknown, key?: Key): number {
    return Buffer.byteLength(this.#json.value(value, key) ?? '');
  }

  #rank(name: string): number {
    const { slot } = this.#json.key(name);
    return slot <= Slot.reserved ? 0 : Slot.lineno + 1 - slot;
  }

  /** The line of a record whose fields throw when they are read. */
  #hostile(record: LogRecord): string {
    const fields: Record<string, unknown> = Object.create(null);
    for (const source of [record.context?.fields, record.bound?.fields, record.fields]) {
      if (source === undefined) continue;
      try {
        for (const name of Object.keys(source)) fields[name] = readable(source, name);
      } catch {
        fields['fields'] = UNREADABLE;
      }
    }
    fields['trace_id'] ??= record.bound?.traceId;
    const { level, name } = record;
    const timeMs = Math.abs(record.timeMs) < MAX_TIME ? record.timeMs : nowMs();
    const message = typeof record.message === 'string' ? record.message : this.text(record.message);
    try {
      return this.#format({ timeMs, level, name, message, fields });
    } catch (error) {
      const why = { logging_error: reason(error) };
      return this.#format({ timeMs, level, name, message, fields: why });
    }
  }
}

/** A line as this class formats it, even if a subclass fails. */
export function plainLine(formatter: JsonFormatter, record: LogRecord): string {
  return JsonFormatter.prototype.format.call(formatter, record);
}

/** The new name of a field that has the name of a fixed one, as `,"name_":`. */
function movedKey(name: string, fields: Readonly<Record<string, unknown>>): string {
  let moved = `${name}_`;
  while (Object.hasOwn(fields, moved)) moved += '_';
  return `,"${moved}":`;
}

function readable(source: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return source[name];
  } catch {
    return UNREADABLE;
  }
}

/** The fields of a call that have their own place in the line. */
class Places {
  trace: string | undefined;
  task = '';
  agent = '';
  time: string | undefined;
  /** Whether there is more than a time. */
  ids = false;
  rare: Map<Slot, string> | undefined;

  set(slot: Slot, part: string): void {
    if (slot === Slot.execution_time) {
      this.time = part;
      return;
    }
    // An empty trace id is not one: the line still gets one.
    if (slot === Slot.trace_id && (part === 'null' || part === '""')) return;
    this.ids = true;
    if (slot === Slot.trace_id) this.trace = part.startsWith('"') ? part : quote(part);
    else if (slot === Slot.task_id) this.task = `,"task_id":${part}`;
    else if (slot === Slot.agent_id) this.agent = `,"agent_id":${part}`;
    else {
      this.rare ??= new Map();
      this.rare.set(slot, part);
    }
  }

  /** The caller: fields of the call override those of the stack. */
  caller(json: Serializer, caller: Caller | undefined): string {
    if (this.rare === undefined) return caller === undefined ? '' : callerPart(json, caller);
    const module = this.rare.get(Slot.module) ?? (caller && json.text(caller.module));
    const name = this.rare.get(Slot.function) ?? (caller && json.text(caller.function));
    const line = this.rare.get(Slot.lineno) ?? caller?.lineno;
    return member('module', module) + member('function', name) + member('lineno', line);
  }

  /** The fields of the span; those of the call override them. */
  span(span: OtelSpanContext | undefined, trace: string): string {
    const { rare } = this;
    return (
      member('span_id', rare?.get(Slot.span_id) ?? (span && `"${span.spanId}"`)) +
      member('trace_flags', rare?.get(Slot.trace_flags) ?? span?.traceFlags) +
      member('otel_trace_id', rare?.get(Slot.otel_trace_id) ?? otherTrace(span, trace))
    );
  }

  end(): string {
    return this.time === undefined ? '}' : `,"execution_time":${this.time}}`;
  }
}

function member(name: string, part: string | number | undefined): string {
  return part === undefined ? '' : `,"${name}":${part}`;
}

function callerPart(json: Serializer, caller: Caller): string {
  const { module, function: name, lineno } = caller;
  return `,"module":${json.text(module)},"function":${json.text(name)},"lineno":${lineno}`;
}

function idsPart(layer: FieldLayer, places?: Places): string {
  const span = activeSpan();
  const own = places?.ids === true;
  if (span === undefined && layer.traceId !== undefined && !own) return layer.usualIds;
  let trace: string;
  if (places?.trace !== undefined) trace = places.trace;
  else if (layer.given) trace = layer.trace;
  else if (span !== undefined) trace = `"${span.traceId}"`;
  else trace = layer.traceId === undefined ? `"${newTraceId()}"` : layer.trace;
  if (places === undefined) {
    const ids = `,"trace_id":${trace}${layer.ids}`;
    return span === undefined ? ids : ids + new Places().span(span, trace);
  }
  const ids = `,"trace_id":${trace}${places.task}${layer.ids}${places.agent}`;
  return span === undefined && places.rare === undefined ? ids : ids + places.span(span, trace);
}

/** The active span's trace id, where the line has another one. */
function otherTrace(span: OtelSpanContext | undefined, trace: string): string | undefined {
  const own = span && `"${span.traceId}"`;
  return own === trace ? undefined : own;
}

import type { Caller } from './caller.ts';
import { isoMicros, nowMs } from './clock.ts';
import { getContext } from './context.ts';
import { type FieldSource, type Layer, layerOf, mergedFields } from './layer.ts';
import { LEVELS, type LevelName, levelName, levelNumber } from './level.ts';
import { type RedactOptions, Redactor, type SecretValue } from './redact.ts';
import { reason, Serializer, type Slot } from './serializer.ts';
import { activeSpan } from './span.ts';
import { newTraceId } from './trace-id.ts';

/** What one line is made of, before it is a line. */
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

/** How a formatter masks. */
export interface JsonFormatterOptions {
  readonly redact?: RedactOptions | undefined;
}

const MAX_FIELDS = 250;
const MAX_LINE = 262_144;
const MAX_NAMES = 1000;
const MESSAGE = Symbol.for('message');
const LEVEL = Symbol.for('level');

type Places = Partial<Record<Slot, string>>;

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
  readonly #names = new Map<string, string>();
  #line = 0;

  constructor(options: JsonFormatterOptions = {}) {
    this.#json = new Serializer(new Redactor(options.redact));
  }

  /** Masks further secrets from now on, in what was bound before too. */
  addSecrets(values: Iterable<SecretValue>): void {
    this.#json.addSecrets(values);
    this.#names.clear();
  }

  /** Sets fields every line carries, below all others. */
  setFields(fields: Readonly<Record<string, unknown>>): void {
    this.#json.setBase(fields);
  }

  /** Any value as text: what a message that is no string looks like. */
  text(value: unknown): string {
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
      return line.length <= MAX_LINE ? line : this.#cut(record);
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
    return Object.assign(info, { [MESSAGE]: line });
  }

  #format(record: LogRecord, merged = false): string {
    const json = this.#json;
    const { fields } = record;
    const layer = layerOf(json, record.context, record.bound, merged);
    if (layer.unusual) return this.#long(record);
    this.#line += 1;
    const line = this.#line;

    let custom = '';
    let places: Places | undefined;
    if (fields !== undefined) {
      const names = Object.keys(fields);
      const end = Math.min(names.length, MAX_FIELDS);
      for (let index = 0; index < end; index += 1) {
        const name = names[index] as string;
        const value = fields[name];
        const key = json.key(name);
        const part =
          key.plain && typeof value === 'string' ? json.text(value) : json.value(value, key);
        if (part === undefined) continue;
        key.line = line;
        if (key.slot === 'none' || key.slot === 'reserved') custom += key.json + part;
        else {
          places ??= {};
          places[key.slot] = part;
        }
      }
      if (names.length > end) custom += `,"…":"[${names.length - end} more]"`;
    }
    // One key a line: what the call says again must not come from its surroundings as well.
    for (const key of layer.keys) if (key.line === line) return this.#long(record);

    const { name, message } = record;
    return `{"timestamp":"${isoMicros(record.timeMs)}","level":"${record.level}","name":${
      this.#names.get(name) ?? this.#name(name)
    },"message":${json.text(message)}${callerPart(record.caller, places)}${idsPart(layer, places)}${
      layer.custom
    }${custom}${places === undefined ? '' : placed('execution_time', places)}}`;
  }

  #name(name: string): string {
    const json = this.#json.text(name);
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(name, json);
    return json;
  }

  /** The line of a call that says again what surrounds it: all fields merged first. */
  #long(record: LogRecord): string {
    const { context, bound, fields } = record;
    const merged = mergedFields(this.#json.base, context, bound, fields);
    merged['trace_id'] =
      fields?.['trace_id'] ??
      (bound?.given ? bound.traceId : undefined) ??
      (context?.given ? context.traceId : undefined) ??
      activeSpan()?.traceId ??
      context?.traceId ??
      bound?.traceId;
    return this.#format({ ...record, fields: merged, context: undefined, bound: undefined }, true);
  }

  /** The line of a record too big for one: as many fields as there is room for. */
  #cut(record: LogRecord): string {
    const merged = mergedFields(this.#json.base, record.context, record.bound, record.fields);
    const kept: Record<string, unknown> = Object.create(null);
    let left = MAX_LINE / 2;
    let dropped = 0;
    for (const name of Object.keys(merged)) {
      left -= (this.#json.value(merged[name])?.length ?? 0) + name.length;
      if (left > 0) kept[name] = merged[name];
      else dropped += 1;
    }
    kept['truncated'] = `${dropped} fields`;
    return this.#format({ ...record, fields: kept, context: undefined, bound: undefined }, true);
  }

  /** The line of a record whose fields throw when they are read. */
  #hostile(record: LogRecord): string {
    const fields: Record<string, unknown> = Object.create(null);
    for (const source of [record.context?.fields, record.bound?.fields, record.fields]) {
      if (source === undefined) continue;
      try {
        for (const name of Object.keys(source)) fields[name] = readable(source, name);
      } catch (error) {
        fields['fields'] = `[Unreadable: ${reason(error)}]`;
      }
    }
    const { timeMs, level, name, message } = record;
    try {
      return this.#format({ timeMs, level, name, message, fields });
    } catch (error) {
      const why = { logging_error: reason(error) };
      return this.#format({ timeMs, level, name, message, fields: why });
    }
  }
}

function readable(source: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return source[name];
  } catch (error) {
    return `[Unreadable: ${reason(error)}]`;
  }
}

function placed(slot: Slot, places: Places | undefined): string {
  const part = places?.[slot];
  return part === undefined ? '' : `,"${slot}":${part}`;
}

function callerPart(caller: Caller | undefined, places: Places | undefined): string {
  if (caller === undefined) {
    if (places === undefined) return '';
    return placed('module', places) + placed('function', places) + placed('lineno', places);
  }
  const module = places?.module ?? JSON.stringify(caller.module);
  const name = places?.function ?? JSON.stringify(caller.function);
  return `,"module":${module},"function":${name},"lineno":${places?.lineno ?? caller.lineno}`;
}

function idsPart(layer: Layer, places: Places | undefined): string {
  const span = activeSpan();
  let trace: string;
  if (places?.trace_id !== undefined) trace = places.trace_id;
  else if (layer.given) trace = layer.trace;
  else if (span !== undefined) trace = `"${span.traceId}"`;
  else trace = layer.traceId === undefined ? `"${newTraceId()}"` : layer.trace;
  let ids = `,"trace_id":${trace}${placed('task_id', places)}${layer.ids}`;
  if (places !== undefined) {
    ids += placed('agent_id', places) + placed('span_id', places);
    ids += placed('trace_flags', places) + placed('otel_trace_id', places);
  }
  if (span === undefined) return ids;
  if (places?.span_id === undefined) ids += `,"span_id":"${span.spanId}"`;
  if (places?.trace_flags === undefined) ids += `,"trace_flags":${span.traceFlags}`;
  if (trace === `"${span.traceId}"` || places?.otel_trace_id !== undefined) return ids;
  return `${ids},"otel_trace_id":"${span.traceId}"`;
}

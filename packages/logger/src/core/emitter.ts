import { UNREADABLE } from '@map/redaction';
import { getContext } from '../context/context.ts';
import { atOnce } from '../format/at-once.ts';
import { type Above, callerOfLine } from '../format/caller.ts';
import { nowMs } from '../format/clock.ts';
import { JsonFormatter, type LogRecord, plainLine } from '../format/json-formatter.ts';
import { reason } from '../format/json-string.ts';
import { LEVELS, type LevelName } from '../level/level.ts';
import type { Outputs } from '../output/outputs.ts';
import { isPlain, sortArguments } from './arguments.ts';
import type { LevelControl, LineSource, LogTarget, Serializers } from './log-target.ts';
import type { LogFields } from './logger.ts';

const MAX_NESTED = 4;

/** Makes the lines of all loggers and gives them to the outputs. */
export class Emitter implements LogTarget {
  formatter: JsonFormatter = new JsonFormatter();
  /** The level from which on a line names its caller. */
  callerFrom: number = LEVELS.WARNING;
  readonly levels: LevelControl;
  readonly #outputs: Outputs;
  readonly #warn: (message: string) => void;
  #nested = 0;
  /** Is called after each line while the process ends: nothing would flush it later. */
  afterLine: (() => void) | undefined;

  /** @param warn Reports a formatter that throws. */
  constructor(levels: LevelControl, outputs: Outputs, warn: (message: string) => void) {
    this.levels = levels;
    this.#outputs = outputs;
    this.#warn = warn;
  }

  text(value: unknown): string {
    return this.formatter.text(value);
  }

  emit(
    source: LineSource,
    level: LevelName,
    message: unknown,
    meta: readonly unknown[],
    above: Above,
  ): void {
    const { namespace, bound, serializers } = source;
    const number = LEVELS[level];
    // A format or a transport that logs about its own work must not do so for ever.
    if (this.#nested >= MAX_NESTED) return;
    this.#nested += 1;
    try {
      const fields = meta[0];
      const usual =
        typeof message === 'string' &&
        (meta.length === 0 ||
          (meta.length === 1 &&
            (fields === undefined || isPlain(fields)) &&
            !message.includes('%')));
      const call = usual
        ? { message, fields }
        : sortArguments(message, meta, (value) => this.formatter.json(value));
      const line = this.line({
        timeMs: nowMs(),
        level,
        name: namespace.name,
        message: typeof call.message === 'string' ? call.message : this.text(call.message),
        fields:
          serializers === undefined
            ? (call.fields as LogFields | undefined)
            : serialized(call.fields as LogFields | undefined, serializers),
        bound,
        context: getContext(),
        caller:
          number >= this.callerFrom
            ? callerOfLine(call.fields as LogFields | undefined, above)
            : undefined,
      });
      this.#outputs.dispatch(line, number, namespace.level);
      if (this.#nested === 1) this.afterLine?.();
    } catch (error) {
      this.#unloggable(source, level, message, error);
    } finally {
      this.#nested -= 1;
    }
  }

  /** The line of a record, even if the program's formatter fails. */
  line(record: LogRecord): string {
    try {
      return atOnce(this.formatter.format(record));
    } catch (error) {
      // Only a subclass throws.
      this.#warn(`the log formatter throws; lines are written as JSON: ${reason(error)}`);
      return plainLine(this.formatter, record);
    }
  }

  #unloggable({ namespace }: LineSource, level: LevelName, message: unknown, error: unknown): void {
    try {
      const fields = { logging_error: reason(error) };
      const { name } = namespace;
      const text = typeof message === 'string' ? message : this.text(message);
      const record = { timeMs: nowMs(), level, name, message: text, fields };
      const line = plainLine(this.formatter, record);
      this.#outputs.dispatch(line, LEVELS[level], namespace.level);
    } catch {
      // The caller's work continues in any case.
    }
  }
}

/** The fields with those that have a serializer replaced. */
function serialized(
  fields: LogFields | undefined,
  serializers: Serializers,
): LogFields | undefined {
  if (fields === undefined) return undefined;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(serializers)) {
    const serializer = serializers[name];
    if (typeof serializer !== 'function' || !Object.hasOwn(fields, name)) continue;
    copy ??= { ...fields };
    try {
      copy[name] = atOnce(serializer(fields[name] as never));
    } catch {
      copy[name] = UNREADABLE;
    }
  }
  return copy ?? fields;
}

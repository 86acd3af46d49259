import type { FieldSource } from '../context/field-source.ts';
import type { Above } from '../format/caller.ts';
import type { LevelName } from '../level/level.ts';
import type { Namespace } from '../level/namespace.ts';

/** Functions that replace the fields of these names before they are written, as pino's. */
export type Serializers = Readonly<Record<string, (value: never) => unknown>>;

/** The part of a logger that its lines are made of. */
export interface LineSource {
  readonly namespace: Namespace;
  readonly bound: FieldSource | undefined;
  readonly serializers: Serializers | undefined;
}

/** The levels of the loggers, which may be changed through one of them. */
export interface LevelControl {
  /** Sets the level of a name and all names below it. */
  set(pattern: string, level: string): void;
  /** Makes a namespace for one logger alone. */
  own(name: string, level: string): Namespace;
}

/** Where a logger's lines go: all that a logger knows of the set-up behind it. */
export interface LogTarget {
  readonly levels: LevelControl;
  /**
   * Writes a line; the caller has found the level enabled. Never throws.
   * @param meta What was given behind the message.
   * @param above The function whose caller the line names.
   */
  emit(
    source: LineSource,
    level: LevelName,
    message: unknown,
    meta: readonly unknown[],
    above: Above,
  ): void;
  /** Any value as a redacted string. */
  text(value: unknown): string;
}

/** A logger as a timer needs it. */
export interface TimedLogger {
  /** @internal Writes a line whose caller is that of `above`. */
  write(above: Above, level: unknown, message: unknown, meta: readonly unknown[]): unknown;
}

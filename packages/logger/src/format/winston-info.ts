import { levelName, levelNumber, WINSTON_NAMES } from '../level/level.ts';
import type { LogEntry } from './formatter.ts';

const LEVEL = Symbol.for('level');
const MESSAGE = Symbol.for('message');

/** A line as winston's transports and formats know it. */
export type WinstonInfo = Record<string | symbol, unknown>;

/**
 * Makes the info of a finished line: a new object, safe to change.
 * @param line The JSON line.
 */
export function toInfo(line: string): WinstonInfo {
  const { level, message, ...rest } = JSON.parse(line) as LogEntry;
  const name = WINSTON_NAMES[level] ?? WINSTON_NAMES[levelName(levelNumber(level) ?? 20)];
  const info: WinstonInfo = { level: name, message, ...rest };
  const { execution_time, error } = rest;
  if (typeof execution_time === 'number') info['durationMs'] = execution_time * 1000;
  const { stack } = (typeof error === 'object' && error !== null ? error : {}) as WinstonInfo;
  if (typeof stack === 'string') info['stack'] ??= stack;
  info[LEVEL] = name;
  info[MESSAGE] = line;
  return info;
}

/** The line of an info that went through a format. */
export function messageOf(info: WinstonInfo, line: string): string {
  const message = info[MESSAGE];
  return message === undefined ? line : String(message);
}

/** Reads an info that comes in: its content, and its level as it was given. */
export function readInfo(chunk: object): { readonly info: unknown; readonly level: unknown } {
  try {
    const { [LEVEL]: known, level } = chunk as WinstonInfo;
    return { info: chunk, level: known ?? level };
  } catch {
    // The line marks an unreadable value.
    return { info: chunk, level: undefined };
  }
}

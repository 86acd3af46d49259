import { LoggingOptionError } from '../level/option-error.ts';
import type { LogEntry } from './formatter.ts';

/** How text lines look. */
export interface TextFormatterOptions {
  /** Whether levels have colours. */
  readonly color?: boolean;
}

const COLORS: Readonly<Record<string, string>> = {
  TRACE: '90',
  DEBUG: '36',
  VERBOSE: '36',
  HTTP: '35',
  INFO: '32',
  WARNING: '33',
  ERROR: '31',
  CRITICAL: '1;31',
};

const HEAD = new Set(['timestamp', 'level', 'name', 'message', 'module', 'function', 'lineno']);
/** Fields in which an error that logs itself puts its frames. */
const STACKS = new Set(['stack', 'original_stack']);
const BARE = /^[\w.:/@+-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern finds the characters that a terminal would interpret
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const NAME_WIDTH = 20;

/**
 * Formats lines for people: aligned, with colours, errors with their stacks and causes below.
 * @example
 * ```ts
 * import { setupLogging, TextFormatter } from '@map/logger';
 *
 * setupLogging({ format: new TextFormatter({ color: false }) }).info('Ready', { port: 8080 });
 * ```
 */
export class TextFormatter {
  readonly #color: boolean;

  constructor(options: TextFormatterOptions = {}) {
    const { color = false } = options ?? {};
    if (typeof color !== 'boolean') throw new LoggingOptionError('color', color, ['true', 'false']);
    this.#color = color;
  }

  /** Makes the text of an entry; only errors take more than one line. */
  format(entry: LogEntry): string {
    const time = String(entry.timestamp).replace('T', ' ').slice(0, 23);
    const level = this.#paint(entry.level.padEnd(8), COLORS[entry.level]);
    const name = visible(String(entry.name)).padEnd(NAME_WIDTH);
    const place = entry['function'] === undefined ? '' : this.#place(entry);
    let [errors, fields, isError] = ['', '', false];
    for (const [key, value] of Object.entries(entry)) {
      if (HEAD.has(key)) continue;
      if (isErrorLike(value)) errors += this.#error(key, value, '  ', 0);
      else if (STACKS.has(key) && frames(value).length > 0) {
        isError = true;
        errors += this.#stack(key, value);
      } else fields += ` ${this.#paint(`${named(key)}=`, '90')}${shown(value)}`;
    }
    const text = String(entry.message);
    // The message of an error that logs itself can list problems.
    const [message, ...list] = (isError ? text.split('\n') : [text]).map(visible);
    const more = list.map((line) => `\n    ${line}`).join('');
    return `${this.#paint(time, '90')} ${level} ${name} ${message}${fields}${place}${more}${errors}`;
  }

  #place(entry: LogEntry): string {
    const { module, function: name, lineno } = entry;
    return this.#paint(` (${visible(`${module}.${name}:${lineno}`)})`, '90');
  }

  #stack(label: string, stack: unknown): string {
    const lines = frames(stack).map((frame) => `\n    ${this.#paint(frame, '90')}`);
    return `\n  ${label}:${lines.join('')}`;
  }

  #error(label: string, error: ErrorLike, indent: string, depth: number): string {
    const code = error.code === undefined ? '' : ` [${visible(String(error.code))}]`;
    const title = `${visible(String(error.type))}${code}: ${visible(String(error.message))}`;
    let text = `\n${indent}${visible(label)}: ${this.#paint(title, '31')}`;
    for (const frame of frames(error.stack)) text += `\n${indent}  ${this.#paint(frame, '90')}`;
    const { type, code: _, message, stack, cause, errors, ...rest } = error;
    for (const [key, value] of Object.entries(rest)) {
      text += `\n${indent}  ${named(key)}=${shown(value)}`;
    }
    if (depth >= 8) return text;
    if (isErrorLike(cause)) text += this.#error('caused by', cause, indent, depth + 1);
    else if (cause !== undefined) text += `\n${indent}caused by: ${shown(cause)}`;
    for (const [index, one] of (Array.isArray(errors) ? errors : []).entries()) {
      if (isErrorLike(one)) text += this.#error(`[${index}]`, one, `${indent}  `, depth + 1);
    }
    return text;
  }

  #paint(text: string, color: string | undefined): string {
    return this.#color && color !== undefined ? `\u001b[${color}m${text}\u001b[0m` : text;
  }
}

interface ErrorLike {
  readonly type: unknown;
  readonly message: unknown;
  readonly code?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'message' in value &&
    'stack' in value
  );
}

function frames(stack: unknown): string[] {
  if (typeof stack !== 'string') return [];
  return stack
    .split('\n')
    .filter((line) => /^\s+(?:at |…)/.test(line))
    .map((line) => visible(line.trim()));
}

/** A string with the control sequences of a terminal made readable. */
function visible(text: string): string {
  return text.replace(CONTROL, (unit) => {
    if (unit === '\n') return '\\n';
    if (unit === '\r') return '\\r';
    if (unit === '\t') return '\\t';
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A field's name, in quotes where it could be taken for more. */
function named(key: string): string {
  return BARE.test(key) ? key : visible(JSON.stringify(key));
}

function shown(value: unknown): string {
  if (typeof value === 'string') return BARE.test(value) ? value : visible(JSON.stringify(value));
  return visible(JSON.stringify(value));
}

import { type PathNode, stepInto } from '../policy/paths.ts';
import { valueAtOnce } from '../process/value-at-once.ts';
import {
  firstItems,
  isArray,
  isMap,
  isNativeError,
  isSet,
  read,
  readString,
} from '../safe/read.ts';
import { invalidOption } from '../words/option-error.ts';
import {
  CIRCULAR,
  MASK,
  more,
  TRUNCATED_DEPTH,
  TRUNCATED_SIZE,
  UNREADABLE,
} from '../words/words.ts';
import { foreignMessage } from './foreign-message.ts';
import { checkLimit, redactForeignText, redactText } from './redact-text.ts';
import { processRedactor } from './redactor.ts';

/** Options of {@link redactValue}. */
export interface RedactValueOptions {
  /** How many levels of objects are copied. Default: 8. */
  readonly depth?: number;
  /** How many items of a list and keys of an object are copied. Default: 100. */
  readonly items?: number;
  /** The largest length of one string in characters. Default: 2000. */
  readonly text?: number;
  /** The largest size of the whole copy in characters, roughly. Default: 64,000. */
  readonly size?: number;
  /**
   * Describes an error inside the value. Default: its name and its message, redacted as that of a
   * third-party library.
   */
  readonly describeError?: (error: Error) => unknown;
}

interface Walk {
  readonly options: Required<RedactValueOptions>;
  /** The characters that may still be written. */
  left: number;
  /** The objects around the current one, outermost first. */
  readonly open: object[];
}

/**
 * Copies any value into plain data that JSON can hold: bounded in depth, width and size, without
 * secrets. Never throws, whatever the value's getters do, but for limits that are not numbers.
 *
 * Secret fields, paths of the policy and `Secret` objects are masked; strings go through
 * `redactText()`; `null`, `undefined` and booleans of secret fields stay, because whether a secret is
 * set may be known.
 *
 * @param value Any value.
 * @param options The limits; see {@link RedactValueOptions}.
 * @returns Plain data, or undefined for `undefined`, functions and symbols.
 * @example
 * ```ts
 * import { redactValue } from '@map/redaction';
 *
 * console.log(redactValue({ user: 'ann', db_password: 'hunter2', max_tokens: 512 }));
 * // { user: 'ann', db_password: '**********', max_tokens: 512 }
 * ```
 */
export function redactValue(value: unknown, options: RedactValueOptions = {}): unknown {
  const {
    depth = 8,
    items = 100,
    text = 2000,
    size = 64_000,
    describeError = describe,
  } = options ?? {};
  for (const [name, limit] of Object.entries({ depth, items, text, size })) checkLimit(name, limit);
  if (typeof describeError !== 'function') {
    throw invalidOption('describeError', 'a function', describeError);
  }
  const walk: Walk = {
    options: { depth, items, text, size, describeError },
    left: size,
    open: [],
  };
  return copy(value, walk, processRedactor.paths);
}

function describe(error: Error): string {
  const name = readString(error, 'name') ?? 'Error';
  return `${redactForeignText(name)}: ${foreignMessage(error, 2000)}`;
}

function copy(value: unknown, walk: Walk, path: PathNode | undefined): unknown {
  if (path?.leaf) return MASK;
  switch (typeof value) {
    case 'string':
      return copyText(value, walk);
    case 'number':
      if (!Number.isFinite(value)) return null;
      return processRedactor.isSecretNumber(value) ? MASK : value;
    case 'boolean':
      return value;
    case 'bigint':
      return copyText(value < 10n ** 100n && value > -(10n ** 100n) ? `${value}` : 'bigint', walk);
    case 'object':
      return value === null ? null : copyObject(value, walk, path);
    default:
      return undefined;
  }
}

function copyText(value: string, walk: Walk): string {
  const limit = Math.max(1, Math.min(walk.options.text, walk.left));
  const result = redactText(value, { limit });
  walk.left -= result.length;
  return result;
}

function copyObject(value: object, walk: Walk, path: PathNode | undefined): unknown {
  if (walk.open.includes(value)) return CIRCULAR;
  if (walk.open.length >= walk.options.depth) return TRUNCATED_DEPTH;
  if (walk.left <= 0) return TRUNCATED_SIZE;
  walk.open.push(value);
  try {
    return copyContent(value, walk, path);
  } catch {
    return UNREADABLE;
  } finally {
    walk.open.pop();
  }
}

function copyContent(value: object, walk: Walk, path: PathNode | undefined): unknown {
  if (isNativeError(value)) return copyDescription(value, walk);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[${value.byteLength} bytes]`;
  if (typeof read(value, 'reveal') === 'function') return MASK;
  if (isArray(value)) return copyList(value, value.length, walk, path);
  if (isMap(value)) return copyMap(value, walk, path);
  if (isSet(value)) return copyList(firstOf(value, walk), value.size, walk, path);
  if (isBoxed(value)) return copy(value.valueOf(), walk, path);
  if (value instanceof URL) return copyText(value.href, walk);
  const toJSON = read(value, 'toJSON');
  if (typeof toJSON === 'function')
    return copy(valueAtOnce(toJSON.call(value, ''), UNREADABLE), walk, path);
  return copyFields(value, walk, path);
}

function isBoxed(value: object): boolean {
  return value instanceof String || value instanceof Number || value instanceof Boolean;
}

function copyDescription(error: Error, walk: Walk): unknown {
  const description = valueAtOnce(walk.options.describeError(error));
  return typeof description === 'string' ? copyText(description, walk) : description;
}

function copyList(
  list: readonly unknown[],
  size: number,
  walk: Walk,
  path: PathNode | undefined,
): unknown[] {
  const { items } = walk.options;
  const known = firstItems(list, size > items ? items - 1 : items) ?? [];
  const result: unknown[] = [];
  for (const [index, item] of known.entries()) {
    if (walk.left <= 0) break;
    walk.left -= 2;
    const step = path === undefined ? undefined : stepInto(path, String(index));
    const masked = isNamedSecret(known, index);
    result.push(masked ? MASK : (copy(item, walk, step) ?? null));
  }
  if (size > result.length) result.push(more(size - result.length));
  return result;
}

/**
 * Returns whether the item of a list is the value of a secret name before it, as in Node's
 * `rawHeaders` (`['Authorization', 'Bearer …']`), in entries and in arguments (`--token …`).
 */
export function isNamedSecret(list: readonly unknown[], index: number): boolean {
  const name = list[index - 1];
  if (isArgument(list, index)) return true;
  if (typeof name !== 'string' || (index % 2 === 0 && !name.startsWith('--'))) return false;
  const value = list[index];
  if (typeof value === 'string') {
    return isHeader(name) && (name.startsWith('-') || !isNames(list, value));
  }
  return isArray(value) && isHeader(name);
}

/** Whether an item is a credential of a command, as in `['curl', '-u', 'ann:…']`. */
function isArgument(list: readonly unknown[], index: number): boolean {
  const value = list[index];
  if (!isWord(value) || !(isFlag(value) || isFlag(list[index - 1]))) return false;
  const command = list.slice(Math.max(0, index - 8), index + 1).filter(isWord);
  return redactText(value) === value && !redactText(command.join(' ')).endsWith(value);
}

/** Whether an item is a flag of one letter, behind which its value may follow. */
function isFlag(item: unknown): boolean {
  return isWord(item) && /^-[A-Za-z]/.test(item);
}

function isWord(item: unknown): item is string {
  return typeof item === 'string' && item.length <= 256;
}

/** Whether a list names fields, as in `['id', 'email', 'password']`: pairs have an even number. */
function isNames(list: readonly unknown[], value: string): boolean {
  if (/^(?:authorization|cookie|password|token|secret|api_?key)$/i.test(value)) return true;
  return list.length % 2 === 1 && /^[A-Za-z_.]{1,40}$/.test(value);
}

function isHeader(name: string): boolean {
  return /^[\w-]{1,100}$/.test(name) && processRedactor.isSecretKey(name);
}

/** The two fields of an entry, as HTTP, containers and clouds write them. */
const ENTRIES = [
  ['name', 'value'],
  ['key', 'value'],
  ['header', 'value'],
  ['field', 'value'],
  ['Name', 'Value'],
  ['Key', 'Value'],
  ['ParameterKey', 'ParameterValue'],
] as const;

/**
 * Returns whether a field is the value of an entry with a secret name, as in
 * `{ name: 'API_KEY', value: '…' }`.
 */
export function isEntryOfSecret(fields: object, field: string): boolean {
  if (!field.endsWith('alue')) return false;
  for (const [name, value] of ENTRIES) {
    const found = field === value ? readString(fields, name) : undefined;
    if (found !== undefined && isHeader(found)) return true;
  }
  return false;
}

function copyFields(value: object, walk: Walk, path: PathNode | undefined): object {
  const result: Record<string, unknown> = {};
  const keys = Object.keys(value);
  const { items } = walk.options;
  const end = keys.length > items ? items - 1 : items;
  for (const key of keys.slice(0, end)) {
    if (walk.left <= 0) break;
    const item = read(value, key);
    const hidden = (typeof item === 'string' || isArray(item)) && isEntryOfSecret(value, key);
    setField(result, key, hidden ? MASK : item, walk, path, value);
  }
  if (keys.length > items) result['…'] = more(keys.length - end);
  return result;
}

function copyMap(
  map: ReadonlyMap<unknown, unknown>,
  walk: Walk,
  path: PathNode | undefined,
): object {
  const result: Record<string, unknown> = {};
  const { items } = walk.options;
  const end = map.size > items ? items - 1 : items;
  let count = 0;
  for (const [key, item] of map) {
    if (count >= end || walk.left <= 0) break;
    count += 1;
    setField(result, typeof key === 'string' ? key : typeof key, item, walk, path);
  }
  if (map.size > count) result['…'] = more(map.size - count);
  return result;
}

function setField(
  result: Record<string, unknown>,
  name: string,
  item: unknown,
  walk: Walk,
  path: PathNode | undefined,
  fields?: object,
): void {
  const key = redactText(name, { limit: 100 });
  if (key === '__proto__') return;
  walk.left -= key.length + 4;
  const step = path === undefined ? undefined : stepInto(path, name);
  const data = isHidden(name, item, fields) ? MASK : copy(item, walk, step);
  if (data !== undefined) result[key] = data;
}

/** Whether a secret is set may be known. */
function isHidden(name: string, item: unknown, fields: object | undefined): boolean {
  if (item === null || item === undefined || typeof item === 'boolean') return false;
  return processRedactor.mayBeSecretKey(name) && !processRedactor.isOpenField(name, item, fields);
}

function firstOf(set: ReadonlySet<unknown>, walk: Walk): unknown[] {
  const result: unknown[] = [];
  for (const item of set) {
    if (result.length >= walk.options.items) break;
    result.push(item);
  }
  return result;
}

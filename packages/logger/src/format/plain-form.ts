import { CIRCULAR, MASK, redactText } from '@map/redaction';
import { isArray, read, readNumber, readString } from '@map/redaction/kernel';

/** Longest name of a class, in characters. */
const MAX_TAG = 80;
const OPAQUE = [Promise, WeakMap, WeakSet, WeakRef];

/**
 * The plain form of objects that do not define one: of the web's classes and Node's HTTP
 * messages. They are recognised by their tag or shape, because a library may bring its own copy.
 * @returns Plain data, or undefined for any other object.
 */
export function plainForm(value: object): unknown {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  switch (tag) {
    case 'URLSearchParams':
      return entriesOf(value as Iterable<readonly [string, unknown]>, shownInQuery);
    case 'Headers':
    case 'FormData':
      return entriesOf(value as Iterable<readonly [string, unknown]>);
    case 'Response':
      return {
        status: readNumber(value, 'status'),
        status_text: readString(value, 'statusText') || undefined,
        url: readString(value, 'url') || undefined,
        headers: read(value, 'headers'),
      };
    case 'Request':
      return {
        method: readString(value, 'method'),
        url: readString(value, 'url'),
        headers: read(value, 'headers'),
      };
    case 'Blob':
      return `[Blob, ${readNumber(value, 'size')} bytes]`;
    case 'File':
      return `[File ${readString(value, 'name')}, ${readNumber(value, 'size')} bytes]`;
    default:
      return httpForm(value) ?? opaqueForm(value) ?? taggedForm(value, tag);
  }
}

function entriesOf(
  entries: Iterable<readonly [string, unknown]>,
  shown: (name: string, value: unknown) => unknown = (_name, value) => value,
): Map<string, unknown> {
  const lists = new Map<string, unknown[]>();
  for (const [name, hidden] of entries) {
    const value = shown(name, hidden);
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [value]);
    else list.push(value);
  }
  const fields = new Map<string, unknown>();
  for (const [name, list] of lists) fields.set(name, list.length === 1 ? list[0] : list);
  return fields;
}

/** Some names are secret in a query only: `?key=…`, `?sig=…`. */
function shownInQuery(name: string, value: unknown): unknown {
  if (name.length > 4) return value;
  const query = `?${name}=${String(value).slice(0, 200)}`;
  return redactText(query) === query ? value : MASK;
}

/** The form of `http.IncomingMessage` and `http.ServerResponse`, instead of socket and server. */
function httpForm(value: object): unknown {
  if (isArray(read(value, 'rawHeaders')) && readString(value, 'httpVersion') !== undefined) {
    return {
      method: readString(value, 'method'),
      url: readString(value, 'originalUrl') ?? (readString(value, 'url') || undefined),
      status: readNumber(value, 'statusCode'),
      headers: read(value, 'headers'),
      remote_address: readString(read(value, 'socket'), 'remoteAddress'),
    };
  }
  const isResponse =
    typeof read(value, 'getHeaders') === 'function' &&
    typeof read(value, 'writeHead') === 'function';
  return isResponse ? { status: readNumber(value, 'statusCode') } : undefined;
}

function opaqueForm(value: object): unknown {
  if (value instanceof RegExp || value instanceof String) return String(value);
  if (value instanceof Number || value instanceof Boolean) return value.valueOf();
  if (OPAQUE.some((type) => value instanceof type)) return `[${value.constructor.name}]`;
  return value === globalThis ? CIRCULAR : undefined;
}

/** The form of objects whose state is in getters alone, such as an AbortSignal or an iterator. */
function taggedForm(value: object, tag: string): string | undefined {
  if (tag === 'Object' || Object.keys(value).length > 0) return undefined;
  if (typeof read(value, 'toJSON') === 'function') return undefined;
  return tag === 'AbortSignal' && read(value, 'aborted') === true
    ? '[AbortSignal, aborted]'
    : `[${tag.slice(0, MAX_TAG)}]`;
}

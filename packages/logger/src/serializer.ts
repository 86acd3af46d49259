import { MASK } from './redact.ts';

const MAX_DEPTH = 8;
const MAX_ITEMS = 200;
const MAX_STRING = 16_384;

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;
const BEYOND_JSON = /[\u007f-\u009f\u2028\u2029]/g;

/** A string as JSON that no terminal and no line splitter can misread, of bounded length. */
export function quote(text: string): string {
  if (text.length > MAX_STRING) return quote(shorten(text));
  if (!UNSAFE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(BEYOND_JSON, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function shorten(text: string): string {
  return `${text.slice(0, MAX_STRING - 64)}…[${text.length - MAX_STRING + 64} more characters]`;
}

/** Any value as JSON; undefined where JSON would leave it out. Never throws. */
export function serialize(value: unknown): string | undefined {
  return new Walk().value(value, 0);
}

class Walk {
  readonly #open: object[] = [];

  value(value: unknown, depth: number): string | undefined {
    switch (typeof value) {
      case 'string':
        return quote(value);
      case 'number':
        return Number.isFinite(value) ? String(value) : `"${value}"`;
      case 'boolean':
        return String(value);
      case 'bigint':
        return quote(String(value));
      case 'symbol':
        return quote(String(value));
      case 'function':
        return '"[Function]"';
      case 'undefined':
        return undefined;
      default:
        return value === null ? 'null' : this.#guarded(value as object, depth);
    }
  }

  #guarded(value: object, depth: number): string | undefined {
    if (this.#open.includes(value)) return '"[Circular]"';
    if (depth >= MAX_DEPTH) return '"[Too deep]"';
    this.#open.push(value);
    try {
      return this.#object(value, depth + 1);
    } catch {
      return '"[Unreadable]"';
    } finally {
      this.#open.pop();
    }
  }

  #object(value: object, depth: number): string | undefined {
    if (value instanceof Error) return this.#fields(errorFields(value), depth);
    if ('reveal' in value && typeof value.reveal === 'function') return quote(MASK);
    if (Array.isArray(value)) return this.#list(value, depth);
    if (value instanceof Map) return this.#fields(Object.fromEntries(value), depth);
    if (value instanceof Set) return this.#list([...value], depth);
    if (ArrayBuffer.isView(value)) return quote(`[${value.byteLength} bytes]`);
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.value(value.toJSON(), depth);
    }
    return this.#fields(value as Record<string, unknown>, depth);
  }

  #list(list: readonly unknown[], depth: number): string {
    const items = list.slice(0, MAX_ITEMS).map((item) => this.value(item, depth) ?? 'null');
    if (list.length > MAX_ITEMS) items.push(`"…[${list.length - MAX_ITEMS} more items]"`);
    return `[${items.join(',')}]`;
  }

  #fields(fields: Record<string, unknown>, depth: number): string {
    let json = '';
    for (const key of Object.keys(fields).slice(0, MAX_ITEMS)) {
      const item = this.value(fields[key], depth);
      if (item !== undefined) json += `${json === '' ? '' : ','}${quote(key)}:${item}`;
    }
    return `{${json}}`;
  }
}

function errorFields(error: Error): Record<string, unknown> {
  const { cause } = error;
  return {
    type: error.name,
    ...error,
    message: error.message,
    stack: error.stack,
    ...(cause === undefined ? {} : { cause }),
  };
}

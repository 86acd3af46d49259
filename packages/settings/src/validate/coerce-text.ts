import { withSocketHost } from '@map/redaction/kernel';

/** The value of a string, or the description of a valid one. */
export type Coerced =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly expected: string; readonly hint?: string };

const ok = (value: unknown): Coerced => ({ ok: true, value });
const no = (expected: string, hint?: string): Coerced =>
  hint === undefined ? { ok: false, expected } : { ok: false, expected, hint };

const TRUE = new Set(['1', 't', 'y', 'on', 'yes', 'true']);
const FALSE = new Set(['0', 'f', 'n', 'no', 'off', 'false']);

export function toBoolean(text: string): Coerced {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return ok(true);
  if (FALSE.has(word)) return ok(false);
  return no('a boolean', 'write true or false (also 1/0, yes/no, on/off, t/f, y/n)');
}

export function toInteger(text: string): Coerced {
  const expected = 'an integer';
  const digits = /^([+-]?\d+(?:_\d+)*)(?:\.0+)?$/.exec(text.trim())?.[1];
  if (digits === undefined) return no(expected, 'write digits only, such as 42');
  const value = Number(digits.replaceAll('_', ''));
  if (!Number.isSafeInteger(value)) {
    return no(
      expected,
      'beyond ±9007199254740991 an integer would be rounded: use a string instead',
    );
  }
  return ok(value === 0 ? 0 : value);
}

export function toPort(text: string): Coerced {
  if (!text.startsWith('tcp://')) return toInteger(text);
  const hint =
    'Kubernetes sets it for a service of that name: rename the service, or set enableServiceLinks to false';
  return no('a port number', hint);
}

export function toNumber(text: string): Coerced {
  const expected = 'a number';
  const form = /^[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
  const trimmed = text.trim();
  if (!form.test(trimmed)) return no(expected, 'write a decimal number, such as 0.5');
  const value = Number(trimmed.replaceAll('_', ''));
  if (!Number.isFinite(value)) return no(expected, 'it is too large for a number');
  if (!/[eE]/.test(trimmed) && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return no(expected, 'beyond ±9007199254740991 it would be rounded: use a string instead');
  }
  return ok(value === 0 ? 0 : value);
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function toMilliseconds(text: string): Coerced {
  const expected = 'a duration';
  const trimmed = text.trim();
  if (/^[+-]?0+$/.test(trimmed)) return ok(0);
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    return no(expected, `it has no unit: write ${trimmed}s for seconds or ${trimmed}ms`);
  }
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/gy)];
  const length = parts.reduce((sum, part) => sum + part[0].length, 0);
  if (parts.length === 0 || length !== trimmed.length) {
    return no(expected, 'write numbers with the units ms, s, m, h or d, such as 30s or 1m30s');
  }
  const total = parts.reduce((sum, part) => sum + Number(part[1]) * unit(part[2]), 0);
  // Tenths of units are not exact in binary: 0.1 s must still be 100 ms.
  const value = Math.round(total * 1000) / 1000;
  return value <= Number.MAX_SAFE_INTEGER ? ok(value) : no(expected, 'it is too long');
}

function unit(name: string | undefined): number {
  return MILLISECONDS[name ?? ''] ?? Number.NaN;
}

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

export function toBytes(text: string): Coerced {
  const expected = 'a size in bytes';
  const match = /^\+?(\d+(?:_\d+)*(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match?.[2] === undefined ? undefined : BYTES[match[2].toLowerCase()];
  if (match?.[1] === undefined || factor === undefined) {
    return no(
      expected,
      'write a number with B, kB, MB, GB, TB or KiB, MiB, GiB, TiB, such as 10MB',
    );
  }
  const value = Number(match[1].replaceAll('_', '')) * factor;
  const rounded = Math.round(value);
  if (Math.abs(value - rounded) > 1e-3) return no(expected, 'it is not a whole number of bytes');
  return Number.isSafeInteger(rounded) ? ok(rounded) : no(expected, 'it is too large');
}

/** How a URL may be written. */
interface UrlForm {
  readonly schemes?: readonly string[];
  readonly defaultScheme?: string;
}

export function toUrl(text: string, form: UrlForm): Coerced {
  const { schemes = ['http', 'https'], defaultScheme } = form;
  const expected = `a URL with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const written = text.trim();
  const isBare = defaultScheme !== undefined && /^[^\s/"'<>]+$/.test(written);
  const trimmed = isBare ? `${defaultScheme}://${written}` : written;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined) return no(expected, `start it with ${schemes[0] ?? 'https'}://`);
  if (!schemes.includes(scheme)) return no(expected, `the scheme ${scheme} is not allowed`);
  const address = withSocketHost(trimmed);
  if (!URL.canParse(address)) {
    const isCredential = trimmed.includes('@');
    const remedy = ': in a user name or a password write # as %23, / as %2F, ? as %3F, % as %25';
    return no(expected, `it is not a valid URL${isCredential ? remedy : ''}`);
  }
  if (new URL(address).port === '0') return no(expected, 'its port must be from 1 to 65535');
  return ok(trimmed);
}

export function toPath(text: string): Coerced {
  return text.trim() === '' || text.includes('\0') ? no('a file path') : ok(text);
}

export function toEnum(
  text: string,
  values: readonly unknown[],
  spellings: Readonly<Record<string, string>> = {},
): Coerced {
  if (values.includes(text)) return ok(text);
  const word = text.trim().toLowerCase();
  const same = values.filter((value) => String(value).toLowerCase() === word);
  if (same.length === 1) return ok(same[0]);
  const other = Object.entries(spellings).find(([spelling]) => spelling.toLowerCase() === word);
  return other === undefined ? no('an allowed value') : ok(other[1]);
}

export function parseJson(text: string, expected: string): Coerced {
  try {
    return ok(JSON.parse(text, MAYBE_INEXACT.test(text) ? exact : undefined));
  } catch (error) {
    if (error instanceof InexactNumber) return no(expected, error.message);
    // The message of V8 quotes the string, which may contain a secret.
    return no(expected, 'check quotes, commas and brackets');
  }
}

const MAYBE_INEXACT = /\d{16}|[eE]\+?\d/;

class InexactNumber extends Error {}

/** Checks each value of parsed JSON: numbers follow the rules of `toNumber`. */
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value;
  const read = toNumber(context?.source ?? String(value));
  if (!read.ok) throw new InexactNumber(read.hint);
  return value;
}

import type { TSchema } from '@sinclair/typebox';
import { isSecret, Secret } from '../schema/secret.ts';
import { annotationOf } from '../schema/setting.ts';

/** What stands for a hidden value. */
export const MASK: string = new Secret('hidden').toString();

// Up to the last @: a password that is not encoded may hold any other delimiter.
const USERINFO = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):.*@/is;
const QUERY = /([?&;])([^=&;#?]*)=([^&;#]*)/g;
// Not `authSource=admin` or `keyspace=1`: their values would be masked wherever they stand in a log.
const CREDENTIAL = /pass|pwd|secret|token|credential|signature|key$|^(?:auth|authorization|sig)$/i;

/**
 * Hides the password in a URL, and query values whose names tell of a credential.
 * @param text A URL, or any text, which comes back unchanged.
 * @returns The text without its credentials.
 */
export function maskUrl(text: string): string {
  return text
    .replace(USERINFO, `$1:${MASK}@`)
    .replace(QUERY, (all, separator: string, name: string) =>
      CREDENTIAL.test(name) ? `${separator}${name}=${MASK}` : all,
    );
}

/** Whether a variable's value must never be shown. */
export function isSecretSetting(schema: TSchema): boolean {
  return annotationOf(schema)?.secret === true;
}

/** Whether a schema has a secret anywhere inside. */
export function hasSecret(schema: TSchema): boolean {
  if (isSecretSetting(schema)) return true;
  return ['properties', 'patternProperties', 'items', 'anyOf', 'additionalProperties'].some(
    (key) => {
      const inner = schema[key] as unknown;
      if (typeof inner !== 'object' || inner === null) return false;
      if (key === 'items' || key === 'additionalProperties') return hasSecret(inner as TSchema);
      return Object.values(inner).some((entry) => hasSecret(entry as TSchema));
    },
  );
}

/**
 * A loaded value as it may be shown: plain data without any secret.
 * @param secret Whether the value itself is one.
 */
export function maskValue(value: unknown, secret = false): unknown {
  if (isSecret(value)) return value.toString();
  if (secret) return value === '' ? '' : MASK;
  if (typeof value === 'string') return value.includes('://') ? maskUrl(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value as Iterable<unknown>, (item) => maskValue(item));
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, maskValue(item)]));
}

/** The credentials in a URL, as they are written and decoded. */
export function urlSecrets(text: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:([^/?#]*)@/i.exec(text)?.[1];
  const values = [...text.matchAll(QUERY)].flatMap(([, , name = '', value]) =>
    CREDENTIAL.test(name) ? value : [],
  );
  return [password, ...values].flatMap((found) => {
    if (found === undefined || found === '') return [];
    try {
      return [...new Set([found, decodeURIComponent(found)])];
    } catch {
      return [found];
    }
  });
}

/** A setting's default as a document may show it; nothing where it holds a secret. */
export function publicDefault(schema: TSchema): unknown {
  const value = schema['default'] as unknown;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return hasSecret(schema) && !isEmpty ? undefined : maskValue(value);
}

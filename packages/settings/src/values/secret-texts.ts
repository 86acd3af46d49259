import { isSecret, isSecretKey, MASK, redactUrl } from '@map/redaction';
import { secretNamesOf } from './settings-object.ts';

/**
 * Lists all secrets of some settings, to register them for redaction.
 *
 * @param settings Loaded settings.
 * @returns The values of all secrets and the credentials inside URLs, in the clear: keep them in
 * memory only.
 *
 * @example
 * ```ts
 * import { loadSettings, secretTexts } from '@map/settings';
 *
 * const env = { OPENAI_API_KEY: 'sk-123', HTTP_PROXY: 'http://s3cr3t-t0ken:@proxy:3128' };
 * secretTexts(loadSettings({ env, envFiles: [] })); // ['s3cr3t-t0ken', 'sk-123']
 * ```
 */
export function secretTexts(settings: object): readonly string[] {
  const names = secretNamesOf(settings);
  const found = new Set<string>();
  for (const [name, value] of Object.entries(settings ?? {}))
    collect(value, names.has(name), found);
  found.delete('');
  return [...found];
}

function collect(value: unknown, secret: boolean, found: Set<string>): void {
  if (isSecret(value)) found.add(value.reveal());
  else if (typeof value === 'string') {
    if (secret) found.add(value);
    for (const text of urlSecrets(value)) found.add(text);
  } else if (typeof value === 'object' && value !== null) {
    const items = value instanceof Set || value instanceof Map ? [...value] : Object.values(value);
    for (const item of items) collect(item, secret, found);
  }
}

const USERINFO = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@:]*)(?::([^/?#]*))?@/i;
const QUERY = /[?&;]([^=&;#?]*)=([^&;#]*)/g;

/** The credentials in a URL, as written and decoded. */
export function urlSecrets(text: string): string[] {
  if (!text.includes('://')) return [];
  const [, user = '', password = ''] = USERINFO.exec(text) ?? [];
  // A user name that is masked is a token: `https://TOKEN:@proxy`.
  const isToken = redactUrl(text).includes(`://${MASK}`);
  const values = [...text.matchAll(QUERY)].flatMap(([, name = '', value = '']) =>
    isSecretKey(name) || (/^(?:key|sig)$/i.test(name) && value.length >= 8) ? [value] : [],
  );
  return [password, ...(isToken ? [user] : []), ...values].flatMap((found) => {
    if (found === '') return [];
    try {
      return [...new Set([found, decodeURIComponent(found)])];
    } catch {
      return [found];
    }
  });
}

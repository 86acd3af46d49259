/** Anything that holds a secret: `Secret` of `@map/settings`, of any installed copy. */
interface Revealing {
  reveal(): unknown;
}

/** What stands in a secret's place. */
export const MASK = '**********';

/** Shorter texts would be found inside innocent words. */
const SHORTEST = 4;

/**
 * Finds every secret in loaded settings: `Secret` values at any depth, and passwords in URLs.
 *
 * @param settings A settings object.
 * @returns The secret texts, longest first, also in the form they have inside a URL.
 */
export function collectSecrets(settings: object): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<object>();
  const add = (text: string) => {
    if (text.length < SHORTEST) return;
    found.add(text);
    found.add(encodeURIComponent(text));
  };
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      const password = urlPassword(value);
      if (password !== undefined) add(password);
      return;
    }
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (typeof (value as Partial<Revealing>).reveal === 'function') {
      const text = (value as Revealing).reveal();
      if (typeof text === 'string') add(text);
      return;
    }
    const items = value instanceof Map || value instanceof Set ? value.values() : undefined;
    for (const item of items ?? Object.values(value)) visit(item);
  };
  visit(settings);
  return [...found].sort((a, b) => b.length - a.length);
}

/**
 * Makes a function that masks secrets inside a text.
 *
 * @param secrets The secret texts.
 * @returns Gives a text back without them.
 */
export function maskingOf(secrets: readonly string[]): (text: string) => string {
  if (secrets.length === 0) return (text) => text;
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function urlPassword(text: string): string | undefined {
  if (!text.includes('://') || !text.includes('@')) return undefined;
  try {
    return decodeURIComponent(new URL(text).password) || undefined;
  } catch {
    return undefined;
  }
}

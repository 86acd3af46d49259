import { secretTexts } from '@map/settings';

/** What stands in a secret's place. */
export const MASK = '**********';

/** Shorter texts would be found inside innocent words. */
const SHORTEST = 4;

/**
 * Finds every secret in loaded settings, and its spelling inside a URL.
 *
 * @param settings A settings object.
 * @returns The secret texts, longest first.
 */
export function collectSecrets(settings: object): readonly string[] {
  const found = new Set<string>();
  for (const text of secretTexts(settings)) {
    if (text.length < SHORTEST) continue;
    found.add(text);
    found.add(encodeURIComponent(text));
  }
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

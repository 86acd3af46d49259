import { maskEchoes } from '../text/echoes.ts';
import { invalidOption } from '../words/option-error.ts';
import { processRedactor } from './redactor.ts';

/** Options of {@link redactText} and {@link redactForeignText}. */
export interface RedactTextOptions {
  /** The largest number of characters to return; a longer string ends with `…`. Default: 2000. */
  readonly limit?: number;
}

const LIMIT = 2000;

/**
 * Masks what is secret in a string of the application: registered secrets, credentials in URLs,
 * values of secret names (`password=…`), recognisable keys and tokens.
 *
 * @param text The string.
 * @param options See {@link RedactTextOptions}.
 * @returns The string without secrets. Takes time linear in its length.
 * @example
 * ```ts
 * import { redactText } from '@map/redaction';
 *
 * console.log(redactText('GET https://app:s3cret@db.internal/'));
 * // GET https://app:**********@db.internal/
 * ```
 */
export function redactText(text: string, options: RedactTextOptions = {}): string {
  const { limit = LIMIT } = options ?? {};
  if (typeof text !== 'string') throw invalidOption('text', 'a string', text);
  checkLimit('limit', limit);
  return processRedactor.head(text, limit);
}

/**
 * Masks what a third-party library's message may give away: the same as {@link redactText}, and the
 * values that such messages repeat (query parameters, received input, quoted values, long random
 * words).
 *
 * @param text The message.
 * @param options See {@link RedactTextOptions}.
 * @returns The message without secrets and values. Takes time linear in its length.
 * @example
 * ```ts
 * import { redactForeignText } from '@map/redaction';
 *
 * console.log(redactForeignText("Duplicate entry 'ann@example.com' for key 'users.email'"));
 * // Duplicate entry '…' for key 'users.email'
 * ```
 */
export function redactForeignText(text: string, options: RedactTextOptions = {}): string {
  const { limit = LIMIT } = options ?? {};
  if (typeof text !== 'string') throw invalidOption('text', 'a string', text);
  checkLimit('limit', limit);
  const result = maskEchoes(processRedactor.head(text, limit + 1));
  return result.length > limit ? `${result.slice(0, Math.max(0, limit - 1))}…` : result;
}

/**
 * Masks the credentials of a URL: password, a token that stands as the user name, and secret values
 * in the query.
 *
 * @param url A URL, or any other string, which is treated like {@link redactText} treats it.
 * @returns The URL without credentials.
 */
export function redactUrl(url: string | URL): string {
  return processRedactor.text(String(url));
}

/**
 * Returns whether a field's name promises a secret: by MAP's list, which compares endings
 * (`db_password`, `openaiApiKey`, `x-auth-token`; not `max_tokens`), or by the process-wide policy.
 *
 * @param name The name of a field, header, variable or flag.
 */
export function isSecretKey(name: string): boolean {
  if (typeof name !== 'string') throw invalidOption('name', 'a string', name);
  return processRedactor.isSecretKey(name);
}

/**
 * Checks a largest number of characters, items or levels.
 *
 * @throws {RedactionOptionError} Unless it is a number of at least 0.
 */
export function checkLimit(option: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0)) {
    throw invalidOption(option, 'a number of at least 0', value);
  }
}

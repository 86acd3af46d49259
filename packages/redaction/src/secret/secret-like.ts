import { read } from '../safe/read.ts';
import { mustBe } from '../words/option-error.ts';

/** A secret: a plain string, or an object such as {@link Secret} that reveals one on request. */
export type SecretLike = string | { reveal(): string };

/**
 * Returns the plain text of a secret.
 *
 * @param secret A string or an object with `reveal()`.
 * @returns The string itself, or what `reveal()` returns.
 * @throws {RedactionOptionError} If it is neither.
 */
export function reveal(secret: SecretLike): string {
  if (typeof secret === 'string') return secret;
  if (typeof read(secret, 'reveal') === 'function') return secret.reveal();
  throw mustBe('secret', 'a string or an object with reveal()', `a value of type ${typeof secret}`);
}

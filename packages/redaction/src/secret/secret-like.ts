import { valueAtOnce } from '../process/value-at-once.ts';
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
  const text = revealed(secret);
  if (typeof text === 'string') return text;
  const expected = 'a string or an object with reveal() that returns one';
  throw mustBe('secret', expected, `a value of type ${typeof secret}`);
}

/** Returns the plain text of a secret, or a value that is not a string if it does not have one. */
export function revealed(secret: unknown): unknown {
  if (typeof read(secret, 'reveal') !== 'function') return secret;
  return valueAtOnce((secret as { reveal(): unknown }).reveal());
}

import { read } from '../safe/read.ts';

/** A secret: a plain string, or an object such as {@link Secret} that reveals one on request. */
export type SecretLike = string | { reveal(): string };

/**
 * Returns the plain text of a secret.
 *
 * @param secret A string or an object with `reveal()`.
 * @returns The string itself, or what `reveal()` returns.
 */
export function reveal(secret: SecretLike): string {
  if (typeof secret === 'string') return secret;
  if (typeof read(secret, 'reveal') === 'function') return secret.reveal();
  throw new TypeError(
    `\`secret\` must be a string or an object with reveal(), got a value of type ${typeof secret}.`,
  );
}

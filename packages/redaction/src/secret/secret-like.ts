/** A secret: a plain string, or an object such as {@link Secret} that reveals one on request. */
export type SecretLike = string | { reveal(): string };

/**
 * Returns the plain text of a secret.
 *
 * @param secret A string or an object with `reveal()`.
 * @returns The string itself, or what `reveal()` returns.
 */
export function reveal(secret: SecretLike): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}

/** A value that must not be printed: a string, or anything that reveals one when asked. */
export type SecretLike = string | { reveal(): string };

/** The text of a secret. */
export function reveal(secret: SecretLike): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}

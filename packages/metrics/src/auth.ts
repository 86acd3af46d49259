import { createHash, timingSafeEqual } from 'node:crypto';

/** A secret as text, or as anything that reveals one, such as the `Secret` of `@map/settings`. */
export type SecretText = string | { reveal(): string };

/** What a scraper has to show: a bearer token, or a name and a password. */
export type MetricsAuth =
  | { readonly token: SecretText }
  | { readonly username: string; readonly password: SecretText };

/** Makes the check of an Authorization header; secrets are compared in constant time. */
export function makeAuthCheck(auth: MetricsAuth): {
  readonly challenge: string;
  allows(header: string | undefined): boolean;
} {
  const isBearer = 'token' in auth;
  const credentials = isBearer
    ? reveal(auth.token)
    : Buffer.from(`${auth.username}:${reveal(auth.password)}`).toString('base64');
  const expected = digest(credentials);
  const scheme = isBearer ? 'Bearer' : 'Basic';
  return {
    challenge: `${scheme} realm="metrics"${isBearer ? '' : ', charset="UTF-8"'}`,
    allows(header = '') {
      const [given = '', value = ''] = header.split(/ +/, 2);
      return (
        given.toLowerCase() === scheme.toLowerCase() && timingSafeEqual(digest(value), expected)
      );
    },
  };
}

function reveal(secret: SecretText): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

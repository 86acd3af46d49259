import { createHash, timingSafeEqual } from 'node:crypto';
import { reveal, type SecretLike } from '@map/redaction';
import { describeValue } from '@map/redaction/kernel';
import { MetricsError } from '../common/metrics-error.ts';

/** The credentials of a scraper: a bearer token, or a user name and a password. */
export type MetricsAuth =
  | { readonly token: SecretLike }
  | { readonly username: string; readonly password: SecretLike };

/** Makes the check of an Authorization header; secrets are compared in constant time. */
export function makeAuthCheck(auth: MetricsAuth): {
  readonly challenge: string;
  allows(header: string | undefined): boolean;
} {
  if (typeof auth !== 'object' || auth === null) {
    throw invalid('auth', 'an object with a token, or with username and password', auth);
  }
  const isBearer = 'token' in auth;
  const credentials = isBearer ? revealText(auth.token, 'auth.token') : basicCredentials(auth);
  const expected = digest(credentials);
  const scheme = isBearer ? 'Bearer' : 'Basic';
  return {
    challenge: `${scheme} realm="metrics"${isBearer ? '' : ', charset="UTF-8"'}`,
    allows(header = '') {
      const end = header.indexOf(' ');
      const value = header.slice(end).trimStart();
      return (
        end > 0 &&
        header.slice(0, end).toLowerCase() === scheme.toLowerCase() &&
        timingSafeEqual(digest(value), expected)
      );
    },
  };
}

function basicCredentials(auth: { username: string; password: SecretLike }): string {
  const { username, password } = auth;
  // RFC 7617, section 2: the first colon ends the user name.
  if (typeof username !== 'string' || username === '' || username.includes(':')) {
    throw invalid('auth.username', 'a non-empty string without a colon', username);
  }
  return Buffer.from(`${username}:${revealText(password, 'auth.password')}`).toString('base64');
}

/** Refuses an empty secret: it comes from a missing setting, and would guard nothing. */
function revealText(secret: SecretLike | undefined, option: string): string {
  const text: unknown = secret === undefined || secret === null ? secret : reveal(secret);
  if (typeof text !== 'string' || text.trim() === '') {
    throw invalid(option, 'a non-empty string or a Secret', text);
  }
  return text;
}

/** The value is a secret, or close to one: only its type is shown. */
function invalid(option: string, expected: string, got: unknown): MetricsError {
  return new MetricsError(
    'METRICS_OPTION_INVALID',
    `\`${option}\` must be ${expected}, got ${describeValue(got)}.`,
  );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

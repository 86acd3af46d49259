import { createHash, timingSafeEqual } from 'node:crypto';
import { MetricsError } from '../common/metrics-error.ts';

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
  if (typeof auth !== 'object' || auth === null) throw invalid('it must be an object');
  const isBearer = 'token' in auth;
  const credentials = isBearer ? reveal(auth.token, 'token') : basicCredentials(auth);
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

function basicCredentials(auth: { username: string; password: SecretText }): string {
  const { username, password } = auth;
  // RFC 7617, section 2: the first colon ends the name.
  if (typeof username !== 'string' || username === '' || username.includes(':')) {
    throw invalid('the username must be text without a colon');
  }
  return Buffer.from(`${username}:${reveal(password, 'password')}`).toString('base64');
}

/** An empty secret is refused: it comes of a setting that is missing, and would guard nothing. */
function reveal(secret: SecretText | undefined, name: string): string {
  const text: unknown = typeof secret === 'object' ? secret?.reveal?.() : secret;
  if (typeof text !== 'string' || text.trim() === '') throw invalid(`the ${name} is empty`);
  return text;
}

function invalid(problem: string): MetricsError {
  return new MetricsError(
    'METRICS_OPTION_INVALID',
    `Auth of the metrics server: ${problem}; give { token } or { username, password }.`,
  );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

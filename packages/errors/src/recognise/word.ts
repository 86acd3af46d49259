import { firstItems, read, readString } from '@map/redaction/kernel';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { ErrorOrigin, Recogniser, Recognition } from './recognition.ts';
import { unusableResponse } from './system.ts';

/** The words by which services report a failure, such as `unavailable` or `TOO_MANY_REQUESTS`. */
const WORDS: readonly (readonly [word: RegExp, code: ErrorCode])[] = [
  [
    /(?:^|-)(?:rate-?limit(?:ed|-exceeded)?|too-many-(?:requests|attempts.*)|throttled|resource-exhausted|rate-exceeded|quota-exceeded)$/,
    ErrorCode.RATE_LIMITED,
  ],
  [
    /(?:^|-)(?:unavailable|internal|(?:internal|unknown|fatal)(?:-server)?-error)$/,
    ErrorCode.UPSTREAM_ERROR,
  ],
  [/^network-(?:error|request-failed)$/, ErrorCode.CONNECTION_ERROR],
  [/^(?:cancelled|aborted)$/, ErrorCode.OPERATION_CANCELLED],
  [/^app-deleted$/, ErrorCode.CLIENT_CLOSED],
  [/^(?:no-app|duplicate-app|invalid-app-(?:name|options))$/, ErrorCode.CONFIG_INVALID],
];

/** The code of a service's word; a word that is not known refuses the request. */
function codeOfWord(word: string, origin: ErrorOrigin | undefined): AnyErrorCode {
  const plain = word.toLowerCase().replaceAll('_', '-');
  if (/(?:^|-)(?:timeout|deadline-exceeded)$/.test(plain)) return timeoutCode(origin ?? 'api');
  if (plain === 'unable-to-parse-response') return unusableResponse(origin);
  return WORDS.find(([pattern]) => pattern.test(plain))?.[1] ?? ErrorCode.UPSTREAM_REJECTED;
}

/** The SDKs of Firebase, whose codes are `messaging/quota-exceeded`; Slack; and responses of GraphQL. */
export const recogniseWord: Recogniser = (error, { origin }) =>
  recogniseFirebase(error, origin) ??
  recogniseSlack(error, origin) ??
  recogniseGraphql(error, origin);

/** A response of Slack with success whose body is `{ ok: false, error: 'channel_not_found' }`. */
function recogniseSlack(error: object, origin: ErrorOrigin | undefined): Recognition | undefined {
  const word = readString(read(error, 'data'), 'error');
  if (word === undefined || readString(error, 'code') !== 'slack_webapi_platform_error') {
    return undefined;
  }
  // The body of a proxy.
  if (!/^\w{1,60}$/.test(word)) return { code: unusableResponse(origin) };
  return { code: codeOfWord(word, origin), details: { system_code: word } };
}

function recogniseFirebase(
  error: object,
  origin: ErrorOrigin | undefined,
): Recognition | undefined {
  const code = readString(error, 'code') ?? '';
  const word = /^[a-z-]{3,30}\/([a-z][a-z-]{2,60})$/.exec(code)?.[1];
  const isFirebase =
    readString(error, 'name') === 'FirebaseError' ||
    readString(read(error, 'errorInfo'), 'code') !== undefined;
  if (word === undefined || !isFirebase) return undefined;
  return { code: codeOfWord(word, origin), details: { system_code: code } };
}

/** A response with success whose errors have a code in `extensions`: graphql-request, Apollo, urql. */
function recogniseGraphql(error: object, origin: ErrorOrigin | undefined): Recognition | undefined {
  const inResponse = firstItems(read(read(error, 'response'), 'errors'), 1)?.[0];
  const first =
    inResponse ?? firstItems(read(error, 'graphQLErrors') ?? read(error, 'errors'), 1)?.[0];
  // GitHub has the word beside the extensions.
  const word = readString(read(first, 'extensions'), 'code') ?? readString(inResponse, 'type');
  if (word === undefined || !/^[A-Z][A-Z_]{2,60}$/i.test(word)) return undefined;
  return { code: codeOfWord(word, origin), details: { system_code: word } };
}

import { isArray, isNativeError, read, readString } from '@map/redaction/kernel';
import { findCodeInfo } from '../codes/code-info.ts';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import { describeError } from '../describe/describe-error.ts';
import { safeMessage } from '../describe/safe-message.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { isBrokenBody, isService, unusableResponse } from './system.ts';

const MAX_CHILDREN = 10;
const BUILT_INS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'EvalError', 'URIError']);

/** The error of fetch: a generic TypeError whose cause has the reason. */
export const recogniseFetch: Recogniser = (error, context) => {
  const message = readString(error, 'message');
  if (readString(error, 'name') !== 'TypeError') return undefined;
  const broken = isBrokenBody(readString(read(error, 'cause'), 'code'));
  if (message === 'terminated' && context.origin === 'llm' && !broken) {
    return { code: ErrorCode.LLM_STREAM_INTERRUPTED };
  }
  if (message !== 'fetch failed' && message !== 'terminated') {
    // node-fetch names the scheme; it follows a redirect with a `Request` in place of the URL, see
    // its src/index.js.
    if (message?.startsWith('node-fetch cannot load [object Request]. URL scheme ')) {
      return { code: unusableResponse(context.origin) };
    }
    return /^Failed to parse URL|^node-fetch cannot load .* URL scheme /.test(message ?? '')
      ? { code: ErrorCode.CONFIG_INVALID }
      : undefined;
  }
  const cause = read(error, 'cause');
  // The ports that fetch never connects to, see https://fetch.spec.whatwg.org/#bad-port
  if (readString(cause, 'message') === 'bad port') return { code: ErrorCode.CONFIG_INVALID };
  // A server that redirects in a circle, to another scheme, or where `redirect: 'error'`
  // forbids it.
  if (/redirect|HTTP\(S\)|^Invalid URL$/.test(readString(cause, 'message') ?? '')) {
    return { code: unusableResponse(context.origin) };
  }
  if (/scheme|^not implemented/.test(readString(cause, 'message') ?? '')) {
    return { code: ErrorCode.CONFIG_INVALID };
  }
  // A body that zlib cannot decompress.
  if (broken) return { code: unusableResponse(context.origin) };
  const found = context.recurse(cause);
  if (found !== undefined) return { ...found, message: found.message ?? safeMessage(cause) };
  const cut = message === 'terminated';
  return { code: cut ? ErrorCode.CONNECTION_RESET : ErrorCode.CONNECTION_ERROR };
};

/** Several errors at once: one code where they agree, otherwise a code for that. */
export const recogniseAggregate: Recogniser = (error, context) => {
  const children = read(error, 'errors');
  if (!isArray(children) || !isNativeError(error)) return undefined;
  if (readString(error, 'name') !== 'AggregateError' || children.length === 0) return undefined;
  const found: (Recognition | undefined)[] = [];
  const labels: string[] = [];
  for (let index = 0; index < Math.min(children.length, MAX_CHILDREN); index++) {
    const child = read(children, index);
    found.push(context.recurse(child));
    labels.push(describeError(child));
  }
  const first = found[0];
  const details = { error_count: children.length, errors: labels };
  const message = readString(error, 'message') ? undefined : labels[0];
  if (first !== undefined && found.every((child) => child?.code === first.code)) {
    return { ...first, message, details: { ...first.details, ...details } };
  }
  const network = connectCode(error, found);
  if (network !== undefined) return { code: network, message, details };
  return { code: ErrorCode.MULTIPLE_ERRORS, message, details, retryable: anyRetryable(found) };
};

const CONNECT_CODES: readonly AnyErrorCode[] = [
  ErrorCode.CONNECTION_REFUSED,
  ErrorCode.CONNECTION_TIMEOUT,
  ErrorCode.CONNECTION_RESET,
  ErrorCode.CONNECTION_ERROR,
];

/**
 * One connection that Node tried over IPv4 and IPv6 (its aggregate has a `code`): the most telling
 * of the attempts, because the other address family is often just not there.
 */
function connectCode(
  error: object,
  found: readonly (Recognition | undefined)[],
): AnyErrorCode | undefined {
  if (readString(error, 'code') === undefined) return undefined;
  if (!found.every((child) => child !== undefined && CONNECT_CODES.includes(child.code))) {
    return undefined;
  }
  return CONNECT_CODES.find((code) => found.some((child) => child?.code === code));
}

function anyRetryable(found: readonly (Recognition | undefined)[]): true | undefined {
  const some = found.some(
    (child) =>
      child !== undefined &&
      (child.retryable ?? findCodeInfo(child.code)?.retry === 'yes') === true,
  );
  return some ? true : undefined;
}

/** The errors of the language itself, which mostly mean a bug of ours. */
export const recogniseBuiltIn: Recogniser = (error, context) => {
  const name = readString(error, 'name') ?? '';
  if (name === 'SyntaxError') return { code: syntaxCode(error, context) };
  if (name === 'DataCloneError') return { code: ErrorCode.SERIALIZATION_ERROR };
  // Node's assert, with which libraries such as pg-boss check their arguments.
  if (readString(error, 'code') === 'ERR_ASSERTION') return { code: ErrorCode.PROGRAMMING_ERROR };
  if (!BUILT_INS.has(name) || !isNativeError(error)) return undefined;
  const message = readString(error, 'message') ?? '';
  // The SDK of OpenAI takes a page, such as that of a proxy, for a response of its Responses API.
  if (context.origin === 'llm' && /^Cannot use 'in' operator to search for '/.test(message)) {
    return { code: ErrorCode.LLM_INVALID_RESPONSE };
  }
  const serializing = /^Converting circular structure|serialize a BigInt$/.test(message);
  return { code: serializing ? ErrorCode.SERIALIZATION_ERROR : ErrorCode.PROGRAMMING_ERROR };
};

function syntaxCode(error: object, { origin }: RecogniseContext): ErrorCode {
  // V8 names JSON at the end of the message, behind a piece of the text.
  const parsing = /JSON/.test((readString(error, 'message') ?? '').slice(-300));
  if (!parsing) return ErrorCode.PROGRAMMING_ERROR;
  // superagent keeps the response.
  return isService(origin) || readString(error, 'rawResponse') !== undefined
    ? unusableResponse(origin)
    : ErrorCode.VALIDATION_ERROR;
}

import { read, readNumber, readString } from '@map/redaction/kernel';

/** The codes of zlib for gzip, Brotli and zstd. */
const UNPACKING = /^(?:Z_|ZSTD_error_|ERR__ERROR_)/;

/**
 * The sentences of parsers that give their errors no status: busboy, which is also in multer and
 * `@fastify/multipart`, and `Request.formData()` of Node.
 */
const SENTENCES: readonly (readonly [sentence: RegExp, status: number])[] = [
  [/\b[Uu]nexpected end of (?:form|file|multipart data)$/, 400],
  [/^Multipart: Boundary not found$|^Missing Content-Type$/, 400],
  [/^Malformed (?:part header|content type|urlencoded form)$/, 400],
  [/^Failed to parse body as FormData\.$/, 400],
  [/^Unsupported content type: |^Content-Type was not one of "multipart\/form-data"/, 415],
  // multer
  [/^Request aborted$/, 499],
];

/** The status of an error that the parser of a request's body made, if it did. */
export function bodyParserStatus(error: Error): number | undefined {
  // formidable, which is also in koa-body, numbers its errors from 1000.
  const code = readNumber(error, 'code') ?? 0;
  // What it numbers 1002 is a client that left.
  if (code === 1002 && read(error, 'httpCode') === 500) return 499;
  if (code >= 1000 && code < 1100) return readNumber(error, 'httpCode');
  // co-body and raw-body leave the error of zlib as it is; clients of other services wrap it.
  if (UNPACKING.test(readString(error, 'code') ?? '')) return isBare(error) ? 400 : undefined;
  const message = readString(error, 'message') ?? '';
  return SENTENCES.find(([sentence]) => sentence.test(message))?.[1];
}

/** Whether an error has nothing but what zlib gives it. */
function isBare(error: Error): boolean {
  const isPlain = error.name === 'Error' && error.cause === undefined;
  return isPlain && Object.keys(error).every((name) => name === 'code' || name === 'errno');
}

/** Whether an error is that of `JSON.parse`, also one of another realm. */
export function isJsonError(error: unknown): boolean {
  if (readString(error, 'name') !== 'SyntaxError') return false;
  // V8 names JSON at the end of the message, behind a piece of the text.
  return /JSON/.test((readString(error, 'message') ?? '').slice(-300));
}

/** What a handler threw: h3 wraps it in its own error. */
export function thrownBy(error: unknown): unknown {
  const cause = read(error, 'cause');
  return read(error, 'unhandled') === true && cause instanceof Error ? cause : error;
}

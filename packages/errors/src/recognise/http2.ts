import { read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';

/** The server has not processed the request, so that any request may be repeated. */
const NOT_SENT: Recognition = { code: ErrorCode.CONNECTION_RESET, retryable: true };

/** https://www.rfc-editor.org/rfc/rfc9113#section-7 */
const BY_REASON: readonly (readonly [reason: RegExp, found: Recognition])[] = [
  [/NGHTTP2_REFUSED_STREAM|code 7\b/, NOT_SENT],
  [
    /NGHTTP2_(?:NO_ERROR|INTERNAL_ERROR|STREAM_CLOSED|CANCEL|CONNECT_ERROR)|code (?:0|2|5|8|10)\b/,
    { code: ErrorCode.CONNECTION_RESET },
  ],
];

const CALM = /NGHTTP2_ENHANCE_YOUR_CALM|code 11\b/;

/** HTTP/2 of Node, as the clients of AWS use it, and of undici. */
export const recogniseHttp2: Recogniser = (error, context) => {
  const code = readString(error, 'code') ?? '';
  const message = readString(error, 'message')?.slice(0, 200) ?? '';
  if (code === 'UND_ERR_INFO' && message.startsWith('HTTP/2:')) return ended(message, context);
  if (code === 'ERR_HTTP2_STREAM_CANCEL') {
    // The session could not be opened, or has ended with other requests in it.
    return context.recurse(read(error, 'cause')) ?? { code: ErrorCode.CONNECTION_RESET };
  }
  if (code === 'ERR_HTTP2_GOAWAY_SESSION' || code === 'ERR_HTTP2_INVALID_SESSION') return NOT_SENT;
  const isEnd = code === 'ERR_HTTP2_STREAM_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR';
  return isEnd ? ended(message, context) : undefined;
};

/** Other reasons are faults of the protocol. */
function ended(message: string, { origin }: RecogniseContext): Recognition | undefined {
  if (CALM.test(message)) {
    return { code: origin === 'llm' ? ErrorCode.LLM_RATE_LIMITED : ErrorCode.RATE_LIMITED };
  }
  return BY_REASON.find(([reason]) => reason.test(message))?.[1];
}

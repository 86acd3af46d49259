import { readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { Recogniser } from './recognition.ts';
import { unusableResponse } from './system.ts';

// https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h, and the words of
// Firefox: https://searchfox.org/mozilla-central/source/js/xpconnect/src/xpc.msg
const WORDS: readonly (readonly [word: RegExp, code: ErrorCode])[] = [
  [/^CONNECTION_REFUSED$/, ErrorCode.CONNECTION_REFUSED],
  [/^NAME_NOT_RESOLVED$|^UNKNOWN_HOST$|^DNS_/, ErrorCode.DNS_FAILURE],
  [/^CERT_|^SSL_|^BAD_SSL_/, ErrorCode.TLS_FAILURE],
  [/^(?:CONNECTION_)?TIMED_OUT$|^NET_TIMEOUT$/, ErrorCode.CONNECTION_TIMEOUT],
  [
    /^CONNECTION_(?:RESET|CLOSED|ABORTED)$|^NET_(?:RESET|INTERRUPT)$|^EMPTY_RESPONSE$|^NETWORK_CHANGED$|^(?:HTTP2|QUIC)_/,
    ErrorCode.CONNECTION_RESET,
  ],
  [
    /^CONNECTION_FAILED$|^(?:INTERNET_DISCONNECTED|ADDRESS_UNREACHABLE|OFFLINE)$|^PROXY_|^TUNNEL_/,
    ErrorCode.CONNECTION_ERROR,
  ],
  [/^(?:INVALID_URL|UNSAFE_PORT|UNKNOWN_URL_SCHEME|MALFORMED_URI)$/, ErrorCode.CONFIG_INVALID],
];

const UNUSABLE =
  /^(?:TOO_MANY_REDIRECTS|REDIRECT_LOOP|CONTENT_DECODING_FAILED|INVALID_RESPONSE|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING)$/;

/** Browsers that a program drives (Playwright, Puppeteer, WebDriver), by the words of the browser. */
export const recogniseBrowser: Recogniser = (error, context) => {
  const message = readString(error, 'message')?.slice(0, 500) ?? '';
  const word = /\b(?:net::ERR_|NS_ERROR_)([A-Z\d_]{3,60})\b/.exec(message)?.[1];
  if (word !== undefined) {
    const known = UNUSABLE.test(word)
      ? unusableResponse(context.origin)
      : WORDS.find(([pattern]) => pattern.test(word))?.[1];
    return known && { code: known, details: { system_code: word } };
  }
  if (/\b(?:Target page, context or browser has been closed|Target closed)\b/.test(message)) {
    return { code: ErrorCode.CLIENT_CLOSED };
  }
  // The browser is not installed.
  if (/^\S{1,60}: Executable doesn't exist at /.test(message)) {
    return { code: ErrorCode.CONFIG_INVALID };
  }
  return undefined;
};

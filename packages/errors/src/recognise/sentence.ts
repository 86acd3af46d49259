import { isObject, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import { isErrorLike } from './error-like.ts';
import { byStatus } from './http-client.ts';
import { recogniseAnswer } from './llm.ts';
import { parseBody, readProviderBody } from './provider-body.ts';
import type { ErrorOrigin, RecogniseContext, Recognition } from './recognition.ts';
import { isService, systemCode, unusableResponse } from './system.ts';

const interrupted = (origin: ErrorOrigin | undefined): ErrorCode =>
  origin === 'llm' ? ErrorCode.LLM_STREAM_INTERRUPTED : ErrorCode.CONNECTION_RESET;

const SENTENCES: readonly (readonly [RegExp, (origin: ErrorOrigin | undefined) => ErrorCode])[] = [
  // The reasons of a signal and of fetch, in an error that kept nothing else of them.
  [/^The operation was aborted due to timeout$/, timeoutCode],
  [/^This operation was aborted$/, () => ErrorCode.OPERATION_CANCELLED],
  [/^terminated$/, interrupted],
  [/^Client network socket disconnected before secure TLS/, () => ErrorCode.CONNECTION_RESET],
  [/\bSSL routines:/, () => ErrorCode.TLS_FAILURE],
  // Streams of ollama, @google/genai and Bedrock that ended early.
  [
    /^(?:Did not receive done or success response in stream\.|Incomplete JSON segment at the end)$/,
    () => ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  [
    /^(?:Truncated event message|Incomplete Amazon Bedrock event-stream|The message checksum)\b/,
    interrupted,
  ],
  // The helpers for streams of the SDKs of OpenAI, Anthropic and Together.
  [
    /^(?:stream ended without producing an? |request ended without sending any |The stream ended before message_stop\b|missing (?:finish_reason|role) for choice \d|Unexpected event order, got )/,
    () => ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  [
    /^(?:Failed to parse structured output|Expected a normalized \w+ stream error)\b/,
    () => ErrorCode.LLM_INVALID_RESPONSE,
  ],
  [
    /^(?:an error was encountered while running the model|error reading llm response)\b/,
    () => ErrorCode.LLM_STREAM_INTERRUPTED,
  ],
  // The arguments that a model wrote for a tool of LangChain.
  [/^Received tool input did not match expected schema\b/, () => ErrorCode.LLM_TOOL_CALL_INVALID],
  // Responses that are not those of the service: SDKs that Fern generates, Elasticsearch, Qdrant.
  [/^response\b[^:]{0,100}: (?:Expected \w+\. Received|Missing) /, unusableResponse],
  [/^The client noticed that the server is not Elasticsearch\b/, unusableResponse],
  [/^Result came uninitialized$/, unusableResponse],
  // nats, and ssh2
  [/^unexpected response from server$/, () => ErrorCode.PROTOCOL_ERROR],
  [/^error connecting - node provided an undefined error$/, () => ErrorCode.CONNECTION_ERROR],
  [/^Connection lost before handshake$/, () => ErrorCode.CONNECTION_RESET],
  [/^All configured authentication methods failed$/, () => ErrorCode.CONFIG_INVALID],
  // graphql-request, and libraries that keep the sentence of JSON.parse.
  [/^Invalid execution result: result is not object or array\b/, unusableResponse],
  [
    /\bis not valid JSON$|\bUnexpected end of JSON input$|\bin JSON at position \d+/,
    unusableResponse,
  ],
  // Redirects that the AI SDK, superagent and node-fetch cannot follow, or must not; a limit of node-fetch.
  [
    /^redirect count exceeded$|^(?:Invalid|Unsupported protocol in) redirect location: |^uri requested responds with an? (?:invalid )?redirect\b|^maximum redirect reached at: |^No location header for redirect$|^content size at \S{1,2000} over limit: /,
    unusableResponse,
  ],
  // Bodies that were cut, or that cannot be decompressed: Azure, OpenSearch, Playwright.
  [/^Response aborted while reading the body$|\breading response as text: aborted$/, interrupted],
  [/^\w{1,40}\.\w{1,40}: aborted\b/, interrupted],
  [/\b(?:incorrect header check|failed to decompress '\w{1,20}' encoding)\b/, unusableResponse],
];

/** A time limit of a library that has no class, name or code for it. */
const LATE =
  /\btimed[ -]out\b|\btimeout (?:of )?\d+ ?(?:m?s|(?:milli)?seconds?)? ?exceeded\b|^timeout error\b|\bbefore the deadline$/i;

/** A failure of which a library, such as Elasticsearch's, kept only the sentence. */
export function bySentence(error: object, context: RecogniseContext): Recognition | undefined {
  const message = readString(error, 'message')?.slice(0, 2000) ?? '';
  const word = /\b(?:connect|read|write|getaddrinfo) (E[A-Z_]{3,20})\b/.exec(message)?.[1];
  const code = word === undefined ? undefined : systemCode(word, error);
  if (code !== undefined) return { code };
  if (/(?:^|: )(?:other side closed|socket hang up)\b/.test(message)) {
    return { code: ErrorCode.CONNECTION_RESET };
  }
  // node-fetch and gaxios
  if (/^(?:network timeout at:|response timeout while )/i.test(message)) {
    return { code: timeoutCode(context.origin) };
  }
  if (context.origin !== undefined && LATE.test(message) && !isErrorLike(read(error, 'cause'))) {
    // What was sent may have been executed.
    const isConnecting = /\b(?:connect(?:ing|ion)?|handshake)\b/i.test(message);
    return {
      code: timeoutCode(context.origin),
      retryable: isConnecting ? undefined : 'conditional',
    };
  }
  const sentence = SENTENCES.find(([pattern]) => pattern.test(message))?.[1];
  // A reason that the error has says more.
  if (sentence !== undefined && !isObject(read(error, 'cause'))) {
    return { code: sentence(context.origin) };
  }
  const answer = answerInSentence(message, context);
  if (answer !== undefined) return answer;
  if (context.origin === 'llm' && readString(error, 'name') === 'Error') {
    const found = recogniseAnswer({ words: [], message }, context.maxRetryAfterMs);
    if (found !== undefined) return found;
  }
  if (/(?:^|: )fetch failed$/.test(message) && !isObject(read(error, 'cause'))) {
    return { code: ErrorCode.CONNECTION_ERROR };
  }
  return undefined;
}

const STATUS =
  /(?:^\w{1,40}\.\w{1,40}:(?= [45]\d\d [A-Z])|\bHTTP(?: error)?|\bstatus(?: code)?|\bresponse code|^unexpected server response|\bserver (?:responded|returned|replied)(?: with)?)!?[ :=(]{1,3}(?:status(?: code)?[ :=]{1,2})?([45]\d\d)\b/i;

/** `Request failed with status code 503`, `HTTP error! status: 429`, or the body of a provider. */
function answerInSentence(message: string, context: RecogniseContext): Recognition | undefined {
  const body = /^(?:[45]\d\d )?\{/.test(message) ? parseBody(message) : undefined;
  if (isObject(body)) {
    const said = readProviderBody(body);
    const lead = /^([45]\d\d) /.exec(message)?.[1];
    const status = lead === undefined ? said.status : Number(lead);
    if (isService(context.origin) && context.origin !== 'llm') {
      return status === undefined ? undefined : byStatus({ status, details: {}, body }, context);
    }
    const isProvider = context.origin === 'llm' || said.words.some((word) => word !== undefined);
    if (isProvider) return recogniseAnswer({ ...said, status }, context.maxRetryAfterMs);
  }
  if (/\b(?:exit(?:ed)?|expected)\b/i.test(message)) return undefined;
  const status = STATUS.exec(message)?.[1];
  if (status === undefined) return undefined;
  const number = Number(status);
  return byStatus({ status: number, details: { status_code: number }, body: { message } }, context);
}

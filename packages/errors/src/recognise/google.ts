import { foreignMessage, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { readStatus } from './http-details.ts';
import { recogniseAnswer } from './llm.ts';
import { readProviderBody } from './provider-body.ts';
import type { Recogniser, Recognition } from './recognition.ts';

const PREFIX = '[GoogleGenerativeAI Error]: ';

/** Its sentences, because its errors have neither a cause nor a code. */
const SENTENCES: readonly (readonly [start: RegExp, code: ErrorCode])[] = [
  [/^Request aborted when/, ErrorCode.OPERATION_CANCELLED],
  [/^Error fetching from /, ErrorCode.CONNECTION_ERROR],
  [/^Error reading from the stream/, ErrorCode.LLM_STREAM_INTERRUPTED],
  [/^Failed to parse stream/, ErrorCode.LLM_INVALID_RESPONSE],
  [/\bwas blocked\b/, ErrorCode.LLM_CONTENT_FILTERED],
];

/** The deprecated SDK of Google, `@google/generative-ai`. */
export const recogniseGoogle: Recogniser = (error, context) => {
  const message = readString(error, 'message')?.slice(0, 2000);
  if (!message?.startsWith(PREFIX)) return undefined;
  const status = readStatus(error, 'status');
  if (status !== undefined) return answered(error, status, message, context.maxRetryAfterMs);
  const sentence = message.slice(PREFIX.length);
  const code = SENTENCES.find(([start]) => start.test(sentence))?.[1];
  // The remaining errors are thrown before anything is sent.
  return { code: code ?? ErrorCode.LLM_INVALID_REQUEST };
};

function answered(
  error: object,
  status: number,
  message: string,
  limitMs: number,
): Recognition | undefined {
  const { words, retryAfterMs } = readProviderBody({ details: read(error, 'errorDetails') });
  // "Error fetching from URL: [429 Too Many Requests] Sentence. [details]"
  const sentence = /: \[\d{3}[^\]]{0,60}\] (.{0,500}?)(?: \[\{|$)/s.exec(message)?.[1];
  const found = recogniseAnswer({ status, words, message: sentence, retryAfterMs }, limitMs);
  return (
    found && {
      ...found,
      message: sentence && foreignMessage({ message: `${status} ${sentence}` }, 500),
    }
  );
}

/** True for an abort that may come from its caller or from the SDK's own limit. */
export function isUnclearAbort(error: unknown): boolean {
  return (
    readString(error, 'name') === 'AbortError' ||
    readString(error, 'message')?.startsWith(`${PREFIX}Request aborted when`) === true
  );
}

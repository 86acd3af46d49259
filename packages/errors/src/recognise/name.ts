import { isNativeError, read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { systemCode } from './system.ts';

/** An error of a library that is not known here: its name or its sentence may still say enough. */
export const recogniseName: Recogniser = (error, context) => {
  if (!isNativeError(error)) return undefined;
  const name = readString(error, 'name') ?? '';
  if (/[a-z]TimeoutError$/.test(name)) {
    return context.recurse(read(error, 'cause')) ?? { code: timeoutCode(context.origin) };
  }
  if (/RateLimit(?:ed|Exceeded)?Error$/.test(name)) return rateLimited(error, context);
  return bySentence(error);
};

function rateLimited(error: object, { origin, maxRetryAfterMs }: RecogniseContext): Recognition {
  // Slack gives seconds; others have milliseconds of the same name.
  const isSlack = readString(error, 'code')?.startsWith('slack_') === true;
  const seconds = isSlack ? readNumber(error, 'retryAfter') : undefined;
  return {
    code: origin === 'llm' ? ErrorCode.LLM_RATE_LIMITED : ErrorCode.RATE_LIMITED,
    retryAfterMs: seconds === undefined ? undefined : Math.min(seconds * 1000, maxRetryAfterMs),
  };
}

/** An error of the network of which a library, such as Elasticsearch's, kept only the sentence. */
function bySentence(error: object): Recognition | undefined {
  const message = readString(error, 'message')?.slice(0, 500) ?? '';
  const word = /\b(?:connect|read|write|getaddrinfo) (E[A-Z_]{3,20})\b/.exec(message)?.[1];
  const code = word === undefined ? undefined : systemCode(word, error);
  if (code !== undefined) return { code };
  const isLost = /^(?:other side closed|socket hang up)\b/.test(message);
  return isLost ? { code: ErrorCode.CONNECTION_RESET } : undefined;
}

import { read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import { isErrorLike } from './error-like.ts';
import { byStatus } from './http-client.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { bySentence } from './sentence.ts';

/** An error of a library that is not known here: its name or its sentence may still say enough. */
export const recogniseName: Recogniser = (error, context) => {
  if (!isErrorLike(error)) return undefined;
  const name = readString(error, 'name') ?? '';
  // Elasticsearch, p-cancelable and others.
  if (/^RequestAbortedError$|^Cancell?(?:ed)?Error$/.test(name)) {
    return context.recurse(read(error, 'cause')) ?? { code: ErrorCode.OPERATION_CANCELLED };
  }
  if (/[a-z]TimeoutError$/.test(name)) {
    return context.recurse(read(error, 'cause')) ?? { code: timeoutCode(context.origin) };
  }
  if (/RateLimit(?:ed|Exceeded)?Error$/.test(name) || isSlackLimit(error)) {
    return rateLimited(error, context);
  }
  if (/[a-z](?:ResourceExhausted|TooManyRequests)Error$/.test(name)) {
    return rateLimited(error, context);
  }
  return bySentence(error, context) ?? byClass(error, name, context);
};

/** Its errors have no class. */
function isSlackLimit(error: object): boolean {
  return readString(error, 'code') === 'slack_webapi_rate_limited_error';
}

function rateLimited(error: object, { origin, maxRetryAfterMs }: RecogniseContext): Recognition {
  // Slack gives seconds; others have milliseconds of the same name.
  const isSlack = readString(error, 'code')?.startsWith('slack_') === true;
  const seconds = isSlack ? readNumber(error, 'retryAfter') : readNumber(error, 'retry_after');
  const given = seconds !== undefined && seconds >= 0;
  return {
    code: origin === 'llm' ? ErrorCode.LLM_RATE_LIMITED : ErrorCode.RATE_LIMITED,
    retryAfterMs: given ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined,
  };
}

// Classes of clients that keep no status, such as those of Pinecone, Chroma and Weaviate.
const CLASSES: readonly (readonly [name: RegExp, status: number])[] = [
  [/[a-z](?:InternalServer|Server)Error$/, 500],
  [/[a-z](?:Service)?UnavailableError$/, 503],
  [/[a-z]BadRequestError$/, 400],
  [/[a-z](?:Unauthorized|Unauthenticated|Authentication|Authorization|Auth)Error$/, 401],
  [/[a-z](?:Forbidden|PermissionDenied|InsufficientPermissions)Error$/, 403],
  [/[a-z](?<!Tool|Agent|Prompt|File|Module)NotFoundError$/, 404],
  [/[a-z](?:Conflict|AlreadyExists|Unique)Error$/, 409],
  [/[a-z]MaxRetriesExceededError$/, 503],
];

/** Without an origin, a class may be one of the application itself, whose caller made the mistake. */
function byClass(error: object, name: string, context: RecogniseContext): Recognition | undefined {
  if (context.origin === undefined) return undefined;
  const cause = context.recurse(read(error, 'cause'));
  if (cause !== undefined) return cause;
  if (/[a-z]ConnectionError$/.test(name)) return { code: ErrorCode.CONNECTION_ERROR };
  const status = CLASSES.find(([pattern]) => pattern.test(name))?.[1];
  if (status === undefined) return undefined;
  const body = { message: readString(error, 'message') };
  return { code: byStatus({ status, details: {}, body }, context).code };
}

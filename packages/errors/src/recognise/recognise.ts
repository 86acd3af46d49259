import { isObject, read, readNumber, readString } from '@map/redaction/kernel';
import { findCodeInfo } from '../codes/code-info.ts';
import type { Details } from '../codes/error-details.ts';
import { isCodedError } from '../shape/brand.ts';
import type { ErrorShape } from '../shape/error-shape.ts';
import { recogniseAbort } from './abort.ts';
import { recogniseAgent } from './agent.ts';
import { recogniseAiSdk } from './ai-sdk.ts';
import { recogniseAws } from './aws.ts';
import { recogniseBreaker } from './breaker.ts';
import { recogniseBrowser } from './browser.ts';
import { recogniseAggregate, recogniseBuiltIn, recogniseFetch } from './built-in.ts';
import { recogniseChildProcess } from './child-process.ts';
import { convertersResult } from './converter.ts';
import { recogniseDatabase } from './database.ts';
import { recogniseGoogle } from './google.ts';
import { recogniseHttpClient } from './http-client.ts';
import { recogniseHttp2 } from './http2.ts';
import { recogniseMessaging } from './messaging.ts';
import { recogniseMoreDatabases } from './more-databases.ts';
import { recogniseName } from './name.ts';
import { recogniseProviderObject } from './provider-object.ts';
import { recogniseProviderSdk } from './provider-sdk.ts';
import type { ErrorOrigin, RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { recogniseRedis } from './redis.ts';
import { recogniseGrpc, recogniseServer, recogniseStripe } from './service.ts';
import { recogniseHttpErrors, recogniseStatus } from './status.ts';
import { recogniseStores } from './stores.ts';
import { recogniseSystem } from './system.ts';
import { recogniseThrownResponse } from './thrown-response.ts';
import { recogniseToken } from './token.ts';
import { recogniseValidation } from './validation.ts';
import { recogniseWord } from './word.ts';
import { recogniseWorkflow } from './workflow.ts';
import { recogniseWrapped } from './wrapped.ts';

const MAX_DEPTH = 10;
const MAX_VISITS = 60;

// The order matters: the most specific recogniser comes first.
const RECOGNISERS: readonly Recogniser[] = [
  recogniseAiSdk,
  recogniseAgent,
  recogniseProviderSdk,
  recogniseGoogle,
  recogniseAbort,
  recogniseHttpClient,
  recogniseAws,
  recogniseGrpc,
  recogniseStripe,
  recogniseServer,
  recogniseHttpErrors,
  recogniseValidation,
  recogniseBreaker,
  recogniseToken,
  recogniseChildProcess,
  recogniseStores,
  recogniseMoreDatabases,
  recogniseDatabase,
  recogniseMessaging,
  recogniseWorkflow,
  recogniseAggregate,
  recogniseStatus,
  recogniseHttp2,
  recogniseSystem,
  recogniseRedis,
  recogniseFetch,
  recogniseProviderObject,
  recogniseThrownResponse,
  recogniseBuiltIn,
  recogniseBrowser,
  recogniseWrapped,
  recogniseName,
  recogniseWord,
];

/** Classifies any thrown value, by itself or by its causes; never throws. */
export function recognise(
  error: unknown,
  origin: ErrorOrigin | undefined,
  maxRetryAfterMs: number,
): Recognition | undefined {
  let visits = 0;
  const visit = (value: unknown, depth: number): Recognition | undefined => {
    if (!isObject(value) || depth > MAX_DEPTH || visits++ >= MAX_VISITS) return undefined;
    if (isCodedError(value)) return ownRecognition(value);
    const context: RecogniseContext = {
      origin,
      maxRetryAfterMs,
      recurse: (next) => visit(next, depth + 1),
    };
    const found =
      capped(convertersResult(value, origin), maxRetryAfterMs) ??
      wrappedRecognition(value) ??
      ask(value, context);
    return found ?? visit(read(value, 'cause'), depth + 1);
  };
  return visit(error, 0);
}

function ask(error: object, context: RecogniseContext): Recognition | undefined {
  for (const recogniser of RECOGNISERS) {
    try {
      const found = recogniser(error, context);
      if (found !== undefined) return found;
    } catch {
      // A value that breaks one question may still answer another.
    }
  }
  return undefined;
}

function capped(found: Recognition | undefined, limitMs: number): Recognition | undefined {
  if (found?.retryAfterMs === undefined) return found;
  return { ...found, retryAfterMs: Math.min(found.retryAfterMs, limitMs) };
}

/**
 * An error of MAP that a library has wrapped says more than its wrapping: SDKs wrap what their
 * `fetch` rejects with, and some replace it by a word of theirs. A plain `Error` around it is the
 * application's own sentence, and stays.
 */
function wrappedRecognition(error: object): Recognition | undefined {
  let cause = read(error, 'cause');
  for (let depth = 0; isObject(cause) && depth < MAX_DEPTH; depth++) {
    if (isCodedError(cause)) {
      const found = ownRecognition(cause);
      return found && isPlainError(error) ? { ...found, message: undefined } : found;
    }
    cause = read(cause, 'cause');
  }
  return undefined;
}

/** True for what `new Error(message, { cause })` makes, not for an instance of a library's class. */
function isPlainError(error: object): boolean {
  return (
    readString(error, 'name') === 'Error' &&
    readString(read(error, 'constructor'), 'name') === 'Error'
  );
}

// Another version of this package may know codes that this one does not.
function ownRecognition(error: ErrorShape): Recognition | undefined {
  const info = findCodeInfo(read(error, 'code'));
  if (info === undefined) return undefined;
  const retry = read(error, 'retry');
  return {
    code: info.code,
    message: readString(error, 'message'),
    details: read(error, 'details') as Details | undefined,
    retryAfterMs: readNumber(error, 'retryAfterMs'),
    retryable: retry === 'yes' ? true : retry === 'no' ? false : 'conditional',
  };
}

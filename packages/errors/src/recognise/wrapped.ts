import { isNativeError, read, readString } from '@map/redaction/kernel';
import { isErrorLike } from './error-like.ts';
import { byStatus } from './http-client.ts';
import { readFailure } from './http-details.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { bySentence } from './sentence.ts';

// Sequelize, TypeORM, gaxios, Apollo, Neon, Supabase, and libraries that are older than `cause`.
const KEYS = [
  'original',
  'driverError',
  'networkError',
  'originalError',
  'innerError',
  'sourceError',
  'context',
  'error',
];

/** An error that a library keeps under another name than `cause`, or in an event. */
export const recogniseWrapped: Recogniser = (error, context) => {
  const isEvent = !isErrorLike(error) && readString(error, 'type') === 'error';
  if (!(isEvent || isErrorLike(error)) || isNativeError(read(error, 'cause'))) return undefined;
  for (const key of KEYS) {
    const inner = read(error, key);
    const found = isErrorLike(inner) && inner !== error ? context.recurse(inner) : undefined;
    if (found !== undefined) return { ...found, message: undefined };
  }
  return isEvent ? eventOf(error, context) : undefined;
};

/** What `onerror` of an `EventSource` or a `WebSocket` is called with. */
function eventOf(event: object, context: RecogniseContext): Recognition | undefined {
  const status = readFailure(event, 'code');
  return status === undefined
    ? bySentence(event, context)
    : byStatus({ status, details: { status_code: status } }, context);
}

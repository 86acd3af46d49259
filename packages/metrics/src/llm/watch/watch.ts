import { isWithResponse } from '../answer/answer.ts';
import { parsed } from '../answer/bytes.ts';
import type { Reading } from '../call/reading.ts';
import { loose } from '../usage/loose.ts';
import { isEventSource, watchHelper } from './helper.ts';
import { watchResponse } from './http-response.ts';
import { watchIterable } from './iterable.ts';
import { watchReadable } from './readable.ts';
import { isRun, watchRun } from './run.ts';

/**
 * Lets the reading follow a result.
 *
 * @returns The result for the caller: the same object if it can be observed in place, otherwise a
 * stream that reads from it at the receiver's pace.
 */
export function watch(result: unknown, reading: Reading): unknown {
  if (typeof result !== 'object' || result === null) {
    reading.answer(result);
    return result;
  }
  if (Array.isArray(result) && result.some(isStream)) return watchAll(result, reading);
  if (result instanceof Response) return watchResponse(result, reading);
  if (isRun(result)) return watchRun(result, reading);
  if (isEventSource(result)) return watchHelper(result, reading);
  if (result instanceof ReadableStream) return watchReadable(result, reading);
  if (isStream(result) && !isPage(result)) return watchIterable(result, reading);
  // Bedrock gives a stream in an object, as does a language model of the AI SDK in middleware.
  const fields = loose(result);
  for (const name of ['stream', 'body']) {
    const within = fields[name];
    if (!isStream(within) || isEventSource(within)) continue;
    const stream = watch(within, reading);
    return stream === within ? result : { ...fields, [name]: stream };
  }
  if (fields['body'] instanceof Uint8Array) {
    reading.answer(parsed(fields['body']));
    return result;
  }
  if (isWithResponse(result)) {
    const { data } = result;
    if (isStream(data)) watch(data, reading);
    else reading.answer(data);
    return result;
  }
  reading.answer(result);
  return result;
}

/** Several calls in one: each has its own response. */
function watchAll(results: readonly unknown[], reading: Reading): unknown {
  const readings = results.map((_, index) => (index === 0 ? reading : reading.another()));
  return results.map((result, index) => watch(result, readings[index] ?? reading));
}

/** A page of a list is a whole response, whose iterator asks for further ones. */
function isPage(value: object): boolean {
  return 'hasNextPage' in value || 'getNextPage' in value;
}

function isStream(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value);
}

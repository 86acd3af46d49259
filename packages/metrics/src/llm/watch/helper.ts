import type { Reading } from '../call/reading.ts';
import type { BeforeEnd } from './readable.ts';

/** A stream helper or tool runner of OpenAI or Anthropic, or a stream of Node. */
export interface EventSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  readonly errored?: unknown;
  readonly aborted?: boolean;
  done?(): Promise<unknown>;
}

const ABORT = { name: 'AbortError' };

/** Events with a chunk of the response. */
const CHUNK_EVENTS = ['streamEvent', 'chunk', 'event'];

/** Returns whether an object reports its progress by events. */
export function isEventSource(value: object): value is EventSource {
  if (!('on' in value) || typeof value.on !== 'function') return false;
  return Symbol.asyncIterator in value || ('done' in value && typeof value.done === 'function');
}

/**
 * Observes a helper by its events. There is no listener for `error`: with one, the helper would not
 * report an error that the application does not handle. The error is read when the helper has ended.
 */
export function watchHelper(
  helper: EventSource,
  reading: Reading,
  beforeEnd?: BeforeEnd,
): EventSource {
  for (const event of CHUNK_EVENTS) helper.on(event, (value) => reading.chunk(value));
  // A tool runner makes several requests.
  helper.on('chatCompletion', (completion) => reading.step(completion));
  const fail = (error: unknown): void => reading.failed(error);
  let hasEnded = false;
  helper.on('end', () => {
    hasEnded = true;
    if (helper.errored || helper.aborted) {
      // Some helpers have the reason of an abort in their error.
      if (helper.done === undefined) fail(helper.errored ?? ABORT);
      else helper.done().then(() => fail(ABORT), fail);
      return;
    }
    const pending = beforeEnd?.();
    if (pending === undefined) reading.end();
    else void pending.then(() => reading.end());
  });
  // A destroyed stream of Node emits `close` without `end`.
  helper.on('close', () => {
    if (helper.errored) fail(helper.errored);
    else if (!hasEnded) reading.cancelled();
  });
  return helper;
}

/** Observes the helper of one request of a run, such as a streaming tool runner yields. */
export function watchStep(helper: EventSource, reading: Reading): void {
  for (const event of CHUNK_EVENTS) helper.on(event, (value) => reading.chunk(value));
  for (const event of ['message', 'chatCompletion']) {
    helper.on(event, (message) => reading.step(message));
  }
  helper.on('end', () => {
    if (helper.errored) helper.done?.().catch((error: unknown) => reading.failed(error));
  });
}

import type { LlmObserver } from './observer.ts';

/** A stream helper or tool runner of OpenAI or Anthropic, or a stream of Node. */
export interface EventSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  readonly errored?: unknown;
  readonly aborted?: boolean;
  done?(): Promise<unknown>;
}

/** Events with a chunk of the response. */
const CHUNK_EVENTS = ['streamEvent', 'chunk', 'event'];

/** Tells whether an object reports its progress by events. */
export function isEventSource(value: object): value is EventSource {
  if (!('on' in value) || typeof value.on !== 'function') return false;
  return Symbol.asyncIterator in value || ('done' in value && typeof value.done === 'function');
}

/**
 * Observes a helper by its events. There is no listener for `error`: with one, the helper would not
 * report an error that the application does not handle. The error is read when the helper has ended.
 */
export function watchHelper(helper: EventSource, observer: LlmObserver): EventSource {
  for (const event of CHUNK_EVENTS) helper.on(event, (value) => observer.chunk(value));
  // A tool runner makes several requests.
  helper.on('chatCompletion', (completion) => observer.step(completion));
  helper.on('end', () => {
    if (helper.aborted) observer.cancelled();
    else if (!helper.errored) observer.end();
    else if (helper.done === undefined) observer.failed(helper.errored);
    else helper.done().catch((error: unknown) => observer.failed(error));
  });
  // A destroyed stream of Node emits `close` without `end`.
  helper.on('close', () => {
    if (helper.errored) observer.failed(helper.errored);
    else observer.cancelled();
  });
  return helper;
}

/*
 * The results of agents and of the AI SDK: objects with several streams and promises of one run,
 * any of which the application may use. Each is observed when it is used, and the first that ends
 * ends the call. Nothing is read that the application does not read: a stream that nobody reads is
 * not observed, and a promise is observed only where asking for it makes the SDK read the stream.
 */
import { withTimeLimit } from '@map/redaction/kernel';
import { usageOfRun } from './answer.ts';
import { watchIterable } from './iterable.ts';
import { isThenable, loose } from './loose.ts';
import type { LlmObserver } from './observer.ts';
import { watchReadable } from './readable.ts';
import { findGetter, replace, replaceGetter } from './replace.ts';

/** Streams of a run: AI SDK, Mastra. */
const STREAMS = [
  'stream',
  'fullStream',
  'textStream',
  'partialOutputStream',
  'partialObjectStream',
  'objectStream',
  'elementStream',
];
/** Methods that give a stream: the agents of OpenAI. */
const STREAM_METHODS = ['toStream', 'toTextStream'];
/** Promises that settle when the run has ended. */
const PROMISES = [
  'text',
  'reasoning',
  'reasoningText',
  'content',
  'object',
  'output',
  'steps',
  'finalStep',
  'finishReason',
  'usage',
  'totalUsage',
  'toolCalls',
  'toolResults',
  'files',
  'sources',
  'response',
  'completed',
];
const PROMISE_METHODS = ['consumeStream', 'getFullOutput'];

/** How long the usage may take after the stream has ended. */
const USAGE_TIMEOUT_MS = 1000;

/** Tells whether an object is the result of a streamed run. */
export function isRun(value: object): boolean {
  return (
    'fullStream' in value || 'textStream' in value || ('toStream' in value && 'completed' in value)
  );
}

/** Observes a run in place. */
export function watchRun(run: object, observer: LlmObserver): object {
  const usages = ['totalUsage', 'usage'].map((name) => findGetter(run, name));
  let receiver: unknown = run;
  let streams = 0;
  let asked: Promise<void> | undefined;
  const beforeEnd = (): Promise<void> | undefined => {
    observer.usage(usageOfRun(run));
    if (observer.knowsUsage) return undefined;
    asked ??= askUsage();
    return asked;
  };
  async function askUsage(): Promise<void> {
    for (const getter of usages) {
      if (observer.knowsUsage) return;
      const pending = Promise.resolve(getter?.call(receiver));
      const usage = await withTimeLimit(pending, USAGE_TIMEOUT_MS, () => undefined, {
        unref: true,
      });
      if (usage !== undefined) observer.usage(usage);
    }
  }
  const watchStream = (open: () => unknown): unknown => {
    const before = streams;
    const value = open();
    // It may be made from another stream of the run, which is observed then.
    if (!(value instanceof ReadableStream) || streams > before) return value;
    streams++;
    return watchReadable(value, observer, beforeEnd);
  };
  // The promise is passed on as a new one, so that an unhandled rejection stays one.
  const watchPromise = (value: unknown): unknown => {
    if (!isThenable(value)) return value;
    return Promise.resolve(value).then(
      async (result) => {
        await beforeEnd()?.catch(() => undefined);
        observer.end();
        return result;
      },
      (error: unknown) => {
        observer.usage(usageOfRun(run));
        observer.failed(loose(run)['error'] ?? error);
        throw error;
      },
    );
  };
  const read =
    (watch: (open: () => unknown) => unknown) => (open: () => unknown, self: unknown) => {
      receiver = self;
      return watch(open);
    };
  const watchSettled = (open: () => unknown): unknown => watchPromise(open());
  for (const name of STREAMS) replaceGetter(run, name, read(watchStream));
  for (const name of PROMISES) replaceGetter(run, name, read(watchSettled));
  const call = (name: string, watch: (open: () => unknown) => unknown): void =>
    replace(
      run,
      name,
      (original) =>
        function (this: unknown, ...args) {
          return watch(() => original.apply(this, args));
        },
    );
  for (const name of STREAM_METHODS) call(name, watchStream);
  for (const name of PROMISE_METHODS) call(name, watchSettled);
  if (Symbol.asyncIterator in run) watchIterable(run, observer);
  return run;
}

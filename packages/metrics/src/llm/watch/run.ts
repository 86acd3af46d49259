/*
 * The results of agents and of the AI SDK: objects with several streams and promises of one run,
 * any of which the application may use. Each is observed when it is used, and the first that ends
 * ends the call. Nothing is read that the application does not read: a stream that is not read is
 * not observed, and a promise is observed only where asking for it makes the SDK read the stream.
 */
import { withTimeLimit } from '@map/redaction/kernel';
import { usagesOfRun } from '../answer/answer.ts';
import type { Reading } from '../call/reading.ts';
import { isThenable, loose } from '../usage/loose.ts';
import { isEventSource, watchHelper } from './helper.ts';
import { watchIterable } from './iterable.ts';
import { type StreamWatcher, watchReadable } from './readable.ts';
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

/** Returns whether an object is the result of a streamed run. */
export function isRun(value: object): boolean {
  return (
    'fullStream' in value || 'textStream' in value || ('toStream' in value && 'completed' in value)
  );
}

/** Observes a run in place. */
export function watchRun(run: object, reading: Reading): object {
  const state = new RunState(run, reading);
  const watchStream = (open: () => unknown): unknown => state.stream(open);
  const watchPromise = (open: () => unknown): unknown => state.promise(open);
  for (const name of STREAMS) {
    replaceGetter(run, name, (open, self) => state.of(self).stream(open));
  }
  for (const name of PROMISES) {
    replaceGetter(run, name, (open, self) => state.of(self).promise(open));
  }
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
  for (const name of PROMISE_METHODS) call(name, watchPromise);
  if (Symbol.asyncIterator in run) watchIterable(run, reading);
  return run;
}

/** The parts of a run that the application uses. */
class RunState {
  readonly #run: object;
  readonly #reading: Reading;
  /** `streamObject` does not read its stream for a promise, and reports some failures by one alone. */
  readonly #isLazy: boolean;
  /** A promise of `streamText` reads the stream to its end, though another stream is left. */
  readonly #readsForPromises: boolean;
  /** Mastra reads its stream to the end even if all readers have left. */
  readonly #readsAlone: boolean;
  readonly #getters: readonly ((() => unknown) | undefined)[];
  #receiver: unknown;
  #streams = 0;
  #readers = 0;
  #isWithin = false;
  #isLeft = false;
  #asked: Promise<void> | undefined;

  constructor(run: object, reading: Reading) {
    this.#run = run;
    this.#receiver = run;
    this.#reading = reading;
    this.#isLazy = 'partialObjectStream' in run;
    this.#readsForPromises = 'partialOutputStream' in run;
    this.#readsAlone = 'getFullOutput' in run;
    const names = this.#isLazy ? ['usage', 'object'] : ['totalUsage', 'usage'];
    this.#getters = names.map((name) => findGetter(run, name));
  }

  /** Takes the object by which the application uses the run. */
  of(receiver: unknown): this {
    this.#receiver = receiver;
    return this;
  }

  stream(open: () => unknown): unknown {
    const before = this.#streams;
    const value = open();
    // It may be made from another stream of the run, which is observed then.
    if (this.#streams > before) return value;
    if (value instanceof ReadableStream) {
      this.#streams++;
      return watchReadable(value, this.#reader(), () => this.#beforeEnd());
    }
    // A stream of Node.
    if (typeof value !== 'object' || value === null || !isEventSource(value)) return value;
    return watchHelper(value, this.#reading, () => this.#beforeEnd());
  }

  /** The promise is passed on as a new one, so that an unhandled rejection stays one. */
  promise(open: () => unknown): unknown {
    const value = this.#within(open);
    if (this.#isWithin || !isThenable(value)) return value;
    if (this.#readsForPromises) this.#join();
    const reading = this.#reading;
    return Promise.resolve(value).then(
      async (result) => {
        await this.#beforeEnd();
        reading.end();
        return result;
      },
      async (error: unknown) => {
        reading.all(usagesOfRun(this.#run));
        await this.#fail(error);
        throw error;
      },
    );
  }

  /** A promise may be made from another one, which then is not used by the application. */
  #within(open: () => unknown): unknown {
    const before = this.#isWithin;
    this.#isWithin = true;
    try {
      return open();
    } finally {
      this.#isWithin = before;
    }
  }

  /** Each stream that is read is a reader: when one is left, the others continue. */
  #reader(): StreamWatcher {
    const reading = this.#reading;
    let isRead = false;
    const join = (): void => {
      if (!isRead) this.#join();
      isRead = true;
    };
    return {
      chunk(value) {
        join();
        reading.chunk(value);
      },
      cancelled: (reason) => {
        join();
        if (this.#readsAlone) this.#leave();
        else reading.cancelled(reason);
      },
      end: () => reading.end(),
      failed: (error) => reading.failed(error),
    };
  }

  #join(): void {
    if (this.#readers++ > 0) this.#reading.split(1);
  }

  #leave(): void {
    this.#isLeft = true;
    void Promise.resolve(this.#beforeEnd()).then(() => this.#reading.end());
  }

  #beforeEnd(): Promise<void> | undefined {
    const reading = this.#reading;
    reading.all(usagesOfRun(this.#run));
    if (reading.knowsUsage && (!this.#isLazy || reading.hasEnded)) {
      this.#checkStatus();
      return undefined;
    }
    this.#asked ??= this.#ask();
    return this.#asked;
  }

  async #ask(): Promise<void> {
    const reading = this.#reading;
    try {
      for (const getter of this.#getters) {
        if (reading.hasEnded || (reading.knowsUsage && !this.#isLazy)) break;
        const pending = Promise.resolve(this.#within(() => getter?.call(this.#receiver)));
        const usage = this.#isLeft ? await pending : await inTime(pending);
        if (usage !== undefined && !reading.knowsUsage) reading.usage(usage);
      }
      this.#checkStatus();
    } catch (error) {
      await this.#fail(error);
    }
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#readsAlone) await this.#readAgain();
    this.#reading.failed(loose(this.#run)['error'] ?? error);
  }

  /** A stream of Mastra starts with all chunks so far: those that failed have no other usage. */
  async #readAgain(): Promise<void> {
    const chunks = findGetter(this.#run, 'fullStream')?.call(this.#receiver);
    if (!(chunks instanceof ReadableStream)) return;
    const reader = chunks.getReader();
    const read = async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        this.#reading.chunk(value);
      }
    };
    await inTime(read());
    await reader.cancel();
  }

  /** The agents of OpenAI, and the text of Mastra, end without an error when the run has not. */
  #checkStatus(): void {
    const { cancelled, status, error } = loose(this.#receiver);
    if (cancelled === true || status === 'canceled') this.#reading.failed({ name: 'AbortError' });
    else if (status === 'failed') this.#reading.failed(error ?? { name: 'failed' });
  }
}

function inTime(pending: Promise<unknown>): Promise<unknown> {
  return withTimeLimit(pending, USAGE_TIMEOUT_MS, () => undefined, { unref: true });
}

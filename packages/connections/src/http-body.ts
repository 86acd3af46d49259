import type { BaseError } from '@map/errors/core';
import type { Request } from 'got';
import type { HttpRemains } from './http-remains.ts';

/** The promise that got gives for a request. */
export type GotPromise = Promise<unknown> &
  Pick<Request, 'on' | 'once' | 'off'> &
  Record<'json' | 'text' | 'buffer', () => Promise<unknown>>;

type Executor = ConstructorParameters<typeof Promise<unknown>>[0];

/** What the members of one request's promise work on. */
export interface HttpSource {
  /** Whose events and bodies it gives. */
  readonly request: GotPromise;
  /** Codes what goes wrong when a body is read. */
  readonly toError: (error: unknown) => BaseError;
  /** What is left of the request when it has ended, unless others may hold it too. */
  readonly remains: HttpRemains | undefined;
}

/**
 * The body of an answer, with the members of got's own promise.
 *
 * They are of the class and not of each object, because got copies what a promise has to the next,
 * slowly: a promise that has nothing is faster.
 */
export class HttpBody extends Promise<unknown> {
  static {
    // What is made of it, and awaits it, is a plain promise.
    Object.defineProperty(HttpBody.prototype, 'constructor', { value: Promise });
  }
  protected readonly source: HttpSource;

  constructor(source: HttpSource, executor: Executor) {
    super(executor);
    this.source = source;
  }

  json(): HttpBody {
    return this.#read(this.source.request.json);
  }

  text(): HttpBody {
    return this.#read(this.source.request.text);
  }

  buffer(): HttpBody {
    return this.#read(this.source.request.buffer);
  }

  on(...listening: Parameters<GotPromise['on']>): this {
    this.source.remains?.keep();
    this.source.request.on(...listening);
    return this;
  }

  once(...listening: Parameters<GotPromise['once']>): this {
    this.source.remains?.keep();
    this.source.request.once(...listening);
    return this;
  }

  off(...listening: Parameters<GotPromise['off']>): this {
    this.source.request.off(...listening);
    return this;
  }

  #read(read: () => Promise<unknown>): HttpBody {
    const { source } = this;
    const { remains, toError } = source;
    remains?.reading();
    // Of the class above, so that reading is not taken for asking for the answer.
    const outcome = super.then();
    return new HttpBody(source, (resolve, reject) => {
      read.call(outcome).then(
        (body) => {
          remains?.read();
          resolve(body);
        },
        // A body that cannot be read as asked for fails after the request has succeeded.
        (error: unknown) => {
          remains?.keep();
          reject(toError(error));
        },
      );
    });
  }
}

/** A promise whose `await` calls its `then`, and whose `then` makes plain promises. */
class Told extends Promise<unknown> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
}

/** What comes of a request: an answer, or its body only where that is what is read. */
export class HttpAnswer extends HttpBody {
  static {
    Object.defineProperty(HttpAnswer.prototype, 'constructor', { value: Told });
  }

  /** Tells who wants the answer from who wants its body only. */
  // biome-ignore lint/suspicious/noThenProperty: a promise has one.
  override then<R = unknown, F = never>(
    onFulfilled?: ((value: unknown) => PromiseLike<R> | R) | null,
    onRejected?: ((error: unknown) => PromiseLike<F> | F) | null,
  ): Promise<F | R> {
    this.source.remains?.keep();
    return super.then(onFulfilled, onRejected);
  }
}

import type { BaseError } from '@map/errors/core';
import type { Request } from 'got';

/** The promise that got gives for a request. */
export type GotPromise = Promise<unknown> &
  Pick<Request, 'on' | 'once' | 'off'> &
  Record<'json' | 'text' | 'buffer', () => Promise<unknown>>;

type Executor = ConstructorParameters<typeof Promise<unknown>>[0];

/**
 * What comes of a request, with the members of got's own promise.
 *
 * They are of the class and not of each object, because got copies what a promise has to the next,
 * slowly: a promise that has nothing is faster.
 */
export class HttpBody extends Promise<unknown> {
  static {
    // What is made of it, and awaits it, is a plain promise.
    Object.defineProperty(HttpBody.prototype, 'constructor', { value: Promise });
  }
  readonly #request: GotPromise;
  readonly #toError: (error: unknown) => BaseError;

  /**
   * @param request - Whose events and bodies it gives.
   * @param toError - Codes what goes wrong when a body is read.
   * @param executor - Settles it.
   */
  constructor(request: GotPromise, toError: (error: unknown) => BaseError, executor: Executor) {
    super(executor);
    this.#request = request;
    this.#toError = toError;
  }

  json(): HttpBody {
    return this.#read(this.#request.json);
  }

  text(): HttpBody {
    return this.#read(this.#request.text);
  }

  buffer(): HttpBody {
    return this.#read(this.#request.buffer);
  }

  on(...listening: Parameters<GotPromise['on']>): this {
    this.#request.on(...listening);
    return this;
  }

  once(...listening: Parameters<GotPromise['once']>): this {
    this.#request.once(...listening);
    return this;
  }

  off(...listening: Parameters<GotPromise['off']>): this {
    this.#request.off(...listening);
    return this;
  }

  #read(read: () => Promise<unknown>): HttpBody {
    return new HttpBody(this.#request, this.#toError, (resolve, reject) => {
      // A body that cannot be read as asked for fails after the request has succeeded.
      read.call(this).then(resolve, (error: unknown) => reject(this.#toError(error)));
    });
  }
}

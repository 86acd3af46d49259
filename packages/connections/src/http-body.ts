import type { BaseError } from '@map/errors/core';
import type { Request } from 'got';
import type { HttpRemains } from './http-remains.ts';

/** The promise that got gives for a request. */
export type GotPromise = Promise<unknown> &
  Pick<Request, 'on' | 'once' | 'off'> &
  Record<'json' | 'text' | 'buffer', () => Promise<unknown>>;

/** What the members of one request's promise work on. */
interface Source {
  /** Whose events and bodies it gives. */
  readonly request: GotPromise;
  /** Codes what goes wrong when a body is read. */
  readonly toError: (error: unknown) => BaseError;
  /** What is left of the request when it has ended, unless others may hold it too. */
  readonly remains: HttpRemains | undefined;
}

/**
 * What comes of a request, with the members of got's own promise.
 *
 * They are of the class and not of each object, because got copies what a promise has to the next,
 * slowly: a promise that has nothing is faster. It settles through `then` only, which tells who wants
 * the answer from who wants its body.
 */
export class HttpBody extends Promise<unknown> {
  /** What is made of it is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
  readonly #source: Source;
  readonly #outcome: Promise<unknown>;
  readonly #isAnswer: boolean;

  /**
   * @param outcome - What it settles as.
   * @param isAnswer - Whether that is the answer, and not the body alone.
   */
  constructor(source: Source, outcome: Promise<unknown>, isAnswer: boolean) {
    super(never);
    this.#source = source;
    this.#outcome = outcome;
    this.#isAnswer = isAnswer;
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one.
  override then<R = unknown, F = never>(
    onFulfilled?: ((value: unknown) => PromiseLike<R> | R) | null,
    onRejected?: ((error: unknown) => PromiseLike<F> | F) | null,
  ): Promise<F | R> {
    if (this.#isAnswer) this.#source.remains?.keep();
    return this.#outcome.then(onFulfilled, onRejected);
  }

  json(): HttpBody {
    return this.#read(this.#source.request.json);
  }

  text(): HttpBody {
    return this.#read(this.#source.request.text);
  }

  buffer(): HttpBody {
    return this.#read(this.#source.request.buffer);
  }

  on(...listening: Parameters<GotPromise['on']>): this {
    this.#source.remains?.keep();
    this.#source.request.on(...listening);
    return this;
  }

  once(...listening: Parameters<GotPromise['once']>): this {
    this.#source.remains?.keep();
    this.#source.request.once(...listening);
    return this;
  }

  off(...listening: Parameters<GotPromise['off']>): this {
    this.#source.request.off(...listening);
    return this;
  }

  #read(read: () => Promise<unknown>): HttpBody {
    const { remains, toError } = this.#source;
    remains?.reading();
    const outcome = read.call(this.#outcome).then(
      (body) => {
        remains?.read();
        return body;
      },
      // A body that cannot be read as asked for fails after the request has succeeded.
      (error: unknown) => {
        remains?.keep();
        throw toError(error);
      },
    );
    return new HttpBody(this.#source, outcome, false);
  }
}

function never(): void {}

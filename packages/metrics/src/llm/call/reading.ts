import { valueAtOnce } from '@map/redaction/kernel';
import { nowSeconds } from '../../common/clock.ts';
import { failureOf, usagesOf } from '../answer/answer.ts';
import { parsedChunk } from '../answer/bytes.ts';
import { readChunk } from '../answer/chunk.ts';
import type { Loose } from '../usage/loose.ts';
import type { LlmUsage } from '../usage/usage.ts';
import type { LlmCall } from './call.ts';
import type { CallSpan } from './call-span.ts';
import { Pace } from './pace.ts';
import { Tally } from './tally.ts';

/**
 * Takes the error of a call whose stream was left, and its end: a framework may report the reason
 * afterwards.
 */
export type OnLeft = (error: unknown, end: (error: unknown) => void) => void;

/** The call that a response belongs to. */
export interface ReadCall {
  readonly call: LlmCall;
  readonly span: CallSpan | undefined;
  readonly onLeft: OnLeft | undefined;
  /** Starts to read a further response of the same call. */
  open(): Reading;
  /** Runs when a response has ended. */
  ended(): void;
}

/** The facts about one response of a call, collected while it is read. Nothing here can fail the call. */
export class Reading {
  readonly #of: ReadCall;
  readonly #tally = new Tally();
  readonly #pace = new Pace();
  #first: number | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  #isLeft = false;
  #readers = 1;

  constructor(of: ReadCall) {
    this.#of = of;
  }

  /** The time of the first output. */
  get first(): number | undefined {
    return this.#first;
  }

  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** The usage of each request. */
  get requests(): readonly LlmUsage[] {
    return this.#tally.requests;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether the usage of the whole run is known, or will not become known. */
  get knowsUsage(): boolean {
    return this.#ended || this.#tally.hasTotal || this.#failure !== undefined;
  }

  /** Seconds per token after the first, if they can be known. */
  secondsPerToken(usage: LlmUsage): number | undefined {
    return this.#pace.secondsPerToken(usage);
  }

  /** Starts to read a further response of the same call, which ends when all have ended. */
  another(): Reading {
    return this.#of.open();
  }

  /** Records a chunk of a streamed response. */
  chunk(given: unknown): void {
    if (this.#ended) return;
    try {
      const value = parsedChunk(given);
      this.#of.span?.response(value);
      const news = readChunk(value);
      const now = nowSeconds();
      if (news.content) this.#first ??= now;
      this.#pace.chunk(news, now);
      if (news.failed !== undefined && news.failed !== null) this.#fail(news.failed);
      this.#tally.chunk(value, news, news.usage ?? this.#custom(value));
      if (news.stepEnds) this.#pace.pause();
    } catch {
      // A chunk that cannot be read is passed on.
    }
  }

  /** Records that a part of the output has arrived, whose content is read elsewhere. */
  output(): void {
    const now = nowSeconds();
    this.#first ??= now;
    this.#pace.chunk({ content: true }, now);
  }

  /** Records a whole response, which ends the call. */
  answer(value: unknown): void {
    this.step(value);
    this.end();
  }

  /** Records a whole response of a run that may have further ones. */
  step(value: unknown): void {
    if (this.#ended) return;
    try {
      this.#of.span?.response(value);
      const failure = failureOf(value);
      if (failure !== undefined) this.#fail(failure);
      const usage = this.#custom(value);
      this.#tally.response(usage === undefined ? value : { usage });
    } catch {
      // A response that cannot be read has no usage.
    }
  }

  /** Records the usage of the whole run, stated beside the response. */
  usage(value: unknown): void {
    this.#tally.total(value);
  }

  /** Records the usage of each request of the whole run, stated beside the response. */
  all(requests: readonly LlmUsage[]): void {
    this.#tally.all(requests);
  }

  /** Records that the stream has further readers. */
  split(more: number): void {
    this.#readers += more;
  }

  /** Records that a reader has stopped, and why; the call continues for the others. */
  cancelled(reason?: unknown): void {
    if (--this.#readers > 0 || this.#ended) return;
    const end = (error: unknown) => {
      this.#isLeft = false;
      this.#fail(error);
      this.end();
    };
    const error = { name: 'AbortError', reason };
    const { onLeft } = this.#of;
    if (onLeft === undefined || this.#failure !== undefined) {
      end(error);
      return;
    }
    // Later chunks are the end of an abandoned stream.
    this.#isLeft = true;
    onLeft(error, end);
  }

  /** Records the failure of the call. */
  failed(error: unknown): void {
    if (this.#isLeft || this.#ended) return;
    this.#fail(error);
    try {
      // Some errors have usage: the model responded, but not as requested.
      this.#tally.all(usagesOf(error));
    } catch {
      // An error that cannot be read has none.
    }
    this.end();
  }

  /** Records the end of the response. */
  end(): void {
    if (this.#ended || this.#isLeft) return;
    this.#ended = true;
    this.#of.ended();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #custom(value: unknown): Loose | undefined {
    const usage = valueAtOnce(this.#of.call.usage?.(value));
    return typeof usage === 'object' && usage !== null ? (usage as Loose) : undefined;
  }
}

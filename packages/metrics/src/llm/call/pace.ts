import type { ChunkNews } from '../answer/chunk-news.ts';
import type { LlmUsage } from '../usage/usage.ts';

/** Measures the time per token of one streamed response, without the time in which tools run. */
export class Pace {
  readonly #output = new Span();
  /** The output that is not reasoning. */
  readonly #answer = new Span();
  #sawReasoning = false;
  #hidReasoning = false;

  chunk(news: ChunkNews, now: number): void {
    if (news.content) {
      this.#output.extend(now);
      if (!news.reasoning) this.#answer.extend(now);
    } else if (news.usage !== undefined && !news.stepEnds) {
      // The last chunk of many SDKs has the usage and no output.
      this.#output.complete(now);
      this.#answer.complete(now);
    }
    if (news.reasoning) this.#sawReasoning = true;
    if (news.hidden) this.#hidReasoning = true;
    if (news.pauses) this.pause();
  }

  /** Tools run between two requests. */
  pause(): void {
    this.#output.pause();
    this.#answer.pause();
  }

  /**
   * Reasoning that is counted is left out: it is not shown, or as a summary of other length. If it is
   * neither counted nor shown, the part of the tokens that was streamed is unknown.
   */
  secondsPerToken({ completion, reasoning }: LlmUsage): number | undefined {
    if (reasoning > 0) return this.#answer.secondsPerToken(completion - reasoning);
    if (this.#hidReasoning && !this.#sawReasoning) return undefined;
    return this.#output.secondsPerToken(completion);
  }
}

/** The time in which output arrived. */
class Span {
  #seconds = 0;
  #requests = 0;
  #first: number | undefined;
  #last = 0;

  extend(now: number): void {
    if (this.#first === undefined) this.#requests++;
    this.#first ??= now;
    this.#last = now;
  }

  complete(now: number): void {
    this.#last = now;
  }

  pause(): void {
    if (this.#first !== undefined) this.#seconds += this.#last - this.#first;
    this.#first = undefined;
  }

  secondsPerToken(tokens: number): number | undefined {
    this.pause();
    const intervals = tokens - this.#requests;
    return this.#seconds > 0 && intervals > 0 ? this.#seconds / intervals : undefined;
  }
}

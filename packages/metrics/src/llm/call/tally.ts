import { complete, usagesOf } from '../answer/answer.ts';
import type { ChunkNews } from '../answer/chunk-news.ts';
import type { Loose } from '../usage/loose.ts';
import { readRequests, readUsage } from '../usage/read-usage.ts';
import { statedTier } from '../usage/service-tier.ts';
import type { LlmUsage } from '../usage/usage.ts';
import { addUsage, covers } from '../usage/usage-sums.ts';

/** Adds up the usage of one response, or of the requests of one run. */
export class Tally {
  /** The usage of the current model request, chunk by chunk. */
  #current: Loose | undefined;
  /** The usage of the model requests before it in the same run. */
  #steps: readonly LlmUsage[] = [];
  /** The usage of the whole run, if it is stated. */
  #total: readonly LlmUsage[] = [];
  #response: unknown;
  /** The tier that serves the current model request. */
  #tier: unknown;
  /** Where the requests are in the steps whose chunks are mixed. */
  readonly #places = new Map<unknown, number>();
  /** Chunks that several streams of one run have in common. */
  readonly #seen = new WeakSet<object>();

  /** Whether the usage of the whole run is known. */
  get hasTotal(): boolean {
    return this.#total.length > 0;
  }

  /** The usage of each request, or of the whole run if it is only known together. */
  get requests(): readonly LlmUsage[] {
    const last = readRequests(this.#current && this.#tiered(this.#current));
    return complete([...this.#steps, ...last], this.#total);
  }

  /** Adds the usage that a chunk states. */
  chunk(chunk: unknown, news: ChunkNews, usage: Loose | undefined): void {
    if (this.#isKnown(chunk, news)) return;
    // The SDK of Google calls functions and asks again, within one stream.
    const response = news.response ?? this.#response;
    if (response !== this.#response && this.#response !== undefined) this.#endStep();
    this.#response = response;
    this.#tier = statedTier(chunk) ?? this.#tier;
    if (news.batch !== undefined) this.#add(news.batch);
    if (usage !== undefined) {
      if (news.adds) this.#addPart(usage, news);
      else this.#current = { ...this.#current, ...stated(usage) };
    }
    if (news.stepEnds) this.#endStep();
    const total = readRequests(news.total && this.#tiered(news.total));
    if (total.length > 0) this.#total = total;
  }

  /** Adds the usage of a whole response. */
  response(value: unknown): void {
    this.#current = undefined;
    this.#add(usagesOf(value));
  }

  /** Takes the usage of the whole run, stated beside the response. */
  total(usage: unknown): void {
    if (!this.hasTotal) this.#total = readRequests(usage);
  }

  /** Takes the usage of each request of the whole run, stated beside the response. */
  all(requests: readonly LlmUsage[]): void {
    const sum = addUsage(requests);
    if (sum === undefined) return;
    if (!this.hasTotal) this.#total = requests;
    const seen = addUsage(this.#steps);
    if (seen === undefined || covers(sum, seen)) this.#steps = requests;
  }

  #endStep(): void {
    this.#add(readRequests(this.#current && this.#tiered(this.#current)));
    this.#current = undefined;
  }

  #add(requests: readonly LlmUsage[]): void {
    this.#steps = [...this.#steps, ...requests];
  }

  #tiered(usage: Loose): Loose {
    return { service_tier: this.#tier, ...usage };
  }

  #addPart(usage: Loose, { isOutputSoFar, request }: ChunkNews): void {
    const part = readUsage(this.#tiered(usage));
    if (part === undefined) return;
    const place = this.#places.get(request) ?? this.#steps.length - 1;
    const before = this.#steps[place];
    if (isOutputSoFar && part.prompt === 0 && before !== undefined) {
      this.#steps = this.#steps.with(place, { ...before, completion: part.completion });
      return;
    }
    if (request !== undefined) this.#places.set(request, this.#steps.length);
    this.#add([part]);
  }

  #isKnown(chunk: unknown, { adds, batch, stepEnds }: ChunkNews): boolean {
    if (!(adds || batch || stepEnds) || typeof chunk !== 'object' || chunk === null) return false;
    if (this.#seen.has(chunk)) return true;
    this.#seen.add(chunk);
    return false;
  }
}

/** Later usage has null for what earlier usage has stated. */
function stated(usage: Loose): Loose {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

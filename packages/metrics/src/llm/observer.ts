import { nowSeconds } from '../common/clock.ts';
import { errorType } from '../common/error-type.ts';
import type { Gauge } from '../instruments/metric.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { readChunk } from './chunk.ts';
import { costOf, type PriceTable } from './price.ts';
import { type Loose, loose, readUsage } from './usage.ts';

/** What is known about a model call before it is made. */
export interface LlmCall {
  readonly provider: string;
  readonly model: string;
  /** `chat` by default; others are `embeddings`, `generate_content`… */
  readonly operation?: string | undefined;
  /** Prices by model, or by `provider/model`, to count the cost. */
  readonly prices?: PriceTable | undefined;
  /** The manager to record in; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
}

/** Records one model call; nothing it does can fail the call. */
export class LlmObserver {
  readonly #call: LlmCall;
  readonly #manager: MetricsManager;
  readonly #start = nowSeconds();
  readonly #inFlight: Gauge;
  #first: number | undefined;
  #usage: Loose | undefined;
  #failure: unknown;
  #ended = false;
  #readers = 1;

  constructor(call: LlmCall) {
    this.#call = call;
    this.#manager = call.manager ?? getMetricsManager();
    this.#inFlight = this.#manager.metric('llm', 'inFlight');
    this.#inFlight.inc(this.#labels());
  }

  /** Hears a piece of a streamed answer. */
  chunk(value: unknown): void {
    if (this.#ended) return;
    try {
      const { content, usage, failed } = readChunk(value);
      if (content) this.#first ??= nowSeconds();
      if (usage !== undefined) this.#usage = { ...this.#usage, ...usage };
      if (failed !== undefined) this.#failure ??= failed;
    } catch {
      // An unreadable chunk is the receiver's business alone.
    }
  }

  /** Hears the whole answer of a call that is not streamed. */
  answer(value: unknown): void {
    try {
      const outer = loose(value);
      // `withResponse()` of OpenAI and Anthropic puts the answer under data.
      const answer =
        outer['response'] !== undefined && 'data' in outer ? loose(outer['data']) : outer;
      const usage = answer['totalUsage'] ?? answer['usage'];
      if (usage !== undefined && usage !== null) this.#usage = loose(usage);
    } catch {
      // An answer that cannot be read has no usage.
    }
    this.end();
  }

  /** Hears usage that arrives beside the stream. */
  usage(value: unknown): void {
    this.#usage ??= loose(value);
  }

  /** Whether there is usage, or a failure that leaves none to wait for. */
  get knowsEnough(): boolean {
    return this.#ended || this.#usage !== undefined || this.#failure !== undefined;
  }

  /** Hears that the stream has become several, read apart. */
  split(readers: number): void {
    this.#readers += readers - 1;
  }

  /** Hears that a receiver stopped reading; the call goes on for the others. */
  cancelled(): void {
    if (--this.#readers <= 0) this.#finish('cancelled');
  }

  /** Hears the failure of the call. */
  failed(error: unknown): void {
    this.#failure ??= error;
    this.end();
  }

  /** Hears the end of the call. */
  end(): void {
    if (this.#failure === undefined) this.#finish('success');
    else this.#finish(isAbort(this.#failure) ? 'cancelled' : 'error');
  }

  #finish(status: 'success' | 'error' | 'cancelled'): void {
    if (this.#ended) return;
    this.#ended = true;
    const end = nowSeconds();
    const labels = this.#labels();
    const { operation = 'chat' } = this.#call;
    const full = { ...labels, operation, status };
    const metrics = this.#manager;
    this.#inFlight.dec(labels);
    metrics.trackLlm('requests', full);
    metrics.trackLlm('duration', full, end - this.#start);
    if (status === 'error') {
      metrics.trackLlm('errors', { ...labels, error_type: errorType(this.#failure) });
    }
    const first = this.#first;
    if (first !== undefined) metrics.trackLlm('timeToFirstToken', labels, first - this.#start);
    const completion = this.#recordUsage();
    if (first !== undefined && completion > 1 && status === 'success') {
      metrics.trackLlm('timePerOutputToken', labels, (end - first) / (completion - 1));
    }
  }

  #recordUsage(): number {
    const usage = readUsage(this.#usage);
    if (usage === undefined) return 0;
    const labels = this.#labels();
    const metrics = this.#manager;
    for (const type of ['prompt', 'completion'] as const) {
      if (type === 'completion' && usage.completion === 0) continue;
      metrics.trackLlm('tokens', { ...labels, type }, usage[type]);
      metrics.trackLlm('requestTokens', { ...labels, type }, usage[type]);
    }
    const details = {
      cache_read: usage.cacheRead,
      cache_write: usage.cacheWrite,
      reasoning: usage.reasoning,
    } as const;
    for (const detail of ['cache_read', 'cache_write', 'reasoning'] as const) {
      if (details[detail] > 0) {
        metrics.trackLlm('tokenDetails', { ...labels, detail }, details[detail]);
      }
    }
    const cost = costOf(usage, this.#call);
    if (cost !== undefined) metrics.trackLlm('cost', labels, cost);
    return usage.completion;
  }

  #labels(): { provider: string; model: string } {
    return { provider: this.#call.provider, model: this.#call.model };
  }
}

function isAbort(error: unknown): boolean {
  const failure = loose(error);
  return failure['name'] === 'AbortError' || errorType(error) === 'APIUserAbortError';
}

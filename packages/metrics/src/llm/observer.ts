import { nowSeconds } from '../common/clock.ts';
import type { Gauge } from '../instruments/metric.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { failureOf, usageOf } from './answer.ts';
import { readChunk } from './chunk.ts';
import { classify } from './failure.ts';
import type { Loose } from './loose.ts';
import { costOf, type PriceFunction, type PriceTable } from './price.ts';
import { addUsage, type LlmUsage, readUsage } from './usage.ts';

/** The description of a model call. */
export interface LlmCall {
  readonly provider: string;
  readonly model: string;
  /** `chat` by default; others are `embeddings`, `generate_content`… */
  readonly operation?: string | undefined;
  /** Prices by model or by `provider/model`, or a function, to count the cost. */
  readonly prices?: PriceTable | PriceFunction | undefined;
  /** Whether the request is billed at the batch rate; by default the response tells. */
  readonly batch?: boolean | undefined;
  /** What the cost is for, such as an agent, a task type or a tenant: few values. */
  readonly attribution?: string | undefined;
  /** The signal that can abort the call: a deadline then counts as an error, not as cancelled. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Reads the usage of a response or chunk that is not known here. It returns a usage object of a
   * known shape, or undefined.
   */
  readonly usage?: ((value: unknown) => unknown) | undefined;
  /** The manager to record in; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
}

/** Records one model call. Nothing here can fail the call. */
export class LlmObserver {
  readonly #call: LlmCall;
  readonly #manager: MetricsManager;
  readonly #start = nowSeconds();
  readonly #inFlight: Gauge;
  readonly #attribution: string | undefined;
  #first: number | undefined;
  /** The usage of the current model request, chunk by chunk. */
  #current: Loose | undefined;
  /** The usage of the model requests before it in the same run. */
  readonly #steps: LlmUsage[] = [];
  /** The usage of the whole run, if it is stated. */
  #total: LlmUsage | undefined;
  readonly #pace = new Pace();
  #sawReasoning = false;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  #readers = 1;

  constructor(call: LlmCall) {
    this.#call = call;
    this.#manager = call.manager ?? getMetricsManager();
    this.#attribution = call.attribution ?? this.#manager.attribution;
    this.#inFlight = this.#manager.metric('llm', 'inFlight');
    this.#inFlight.inc(this.#labels());
  }

  /** Whether the call has been recorded. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the usage of the whole run is known, or will not become known. */
  get knowsUsage(): boolean {
    return this.#ended || this.#total !== undefined || this.#failure !== undefined;
  }

  /** Records a chunk of a streamed response. */
  chunk(value: unknown): void {
    if (this.#ended) return;
    try {
      const news = readChunk(value);
      const now = nowSeconds();
      if (news.content) {
        this.#first ??= now;
        this.#pace.output(now);
      } else if (news.usage !== undefined && !news.stepEnds) {
        this.#pace.completed(now);
      }
      if (news.reasoning) this.#sawReasoning = true;
      if (news.failed !== undefined && news.failed !== null) this.#fail(news.failed);
      const usage = news.usage ?? this.#custom(value);
      if (usage !== undefined) {
        // LangChain's chunks add up, those of the others replace.
        if (news.adds) this.#stepEnds(usage, false);
        else this.#current = { ...this.#current, ...usage };
      }
      if (news.stepEnds) this.#stepEnds(this.#current, true);
      if (news.total !== undefined) this.#total = readUsage(news.total) ?? this.#total;
    } catch {
      // A chunk that cannot be read is passed on.
    }
  }

  /** Records a whole response, which ends the call. */
  answer(value: unknown): void {
    this.step(value);
    this.end();
  }

  /** Records a whole response of a run that may have further ones. */
  step(value: unknown): void {
    try {
      const failure = failureOf(value);
      if (failure !== undefined) this.#fail(failure);
      const custom = this.#custom(value);
      const usage = custom === undefined ? usageOf(value) : readUsage(custom);
      this.#current = undefined;
      if (usage !== undefined) this.#steps.push(usage);
    } catch {
      // A response that cannot be read has no usage.
    }
  }

  /** Records the usage of the whole run, stated beside the response. */
  usage(value: unknown): void {
    this.#total ??= readUsage(value);
  }

  /** Records that the stream has been split into several. */
  split(readers: number): void {
    this.#readers += readers - 1;
  }

  /** Records that a reader has stopped; the call continues for the others. */
  cancelled(): void {
    if (--this.#readers > 0) return;
    this.#fail(this.#failure?.error ?? { name: 'AbortError' });
    this.end();
  }

  /** Records the failure of the call. */
  failed(error: unknown): void {
    this.#fail(error);
    try {
      // Some errors have usage: the model responded, but not as requested.
      const usage = usageOf(error);
      if (usage !== undefined) this.#total ??= usage;
    } catch {
      // An error that cannot be read has none.
    }
    this.end();
  }

  /** Records the end of the call. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const end = nowSeconds();
    const metrics = this.#manager;
    const labels = this.#labels();
    const failure =
      this.#failure && classify(this.#failure.error, this.#call.signal, metrics.errorType);
    const { operation = 'chat' } = this.#call;
    const full = { ...labels, operation, status: failure?.status ?? 'success' };
    this.#inFlight.dec(labels);
    metrics.trackLlm('requests', full);
    metrics.trackLlm('duration', full, end - this.#start);
    if (failure?.status === 'error') {
      metrics.trackLlm('errors', { ...labels, error_type: failure.type });
    }
    if (this.#first !== undefined) {
      metrics.trackLlm('timeToFirstToken', labels, this.#first - this.#start);
    }
    const usage = this.#usage();
    if (usage !== undefined) this.#recordUsage(usage);
    else if (failure?.status !== 'error') metrics.trackLlm('requestsWithoutUsage', labels);
    if (usage !== undefined && failure === undefined) this.#recordPace(usage);
  }

  #usage(): LlmUsage | undefined {
    const current = readUsage(this.#current);
    return this.#total ?? addUsage(current === undefined ? this.#steps : [...this.#steps, current]);
  }

  #recordUsage(usage: LlmUsage): void {
    const labels = this.#labels();
    const metrics = this.#manager;
    for (const type of ['prompt', 'completion'] as const) {
      if (type === 'completion' && usage.completion === 0) continue;
      metrics.trackLlm('tokens', { ...labels, type }, usage[type]);
      metrics.trackLlm('requestTokens', { ...labels, type }, usage[type]);
    }
    const details = [
      ['cache_read', usage.cacheRead],
      ['cache_write', usage.cacheWrite],
      ['reasoning', usage.reasoning],
    ] as const;
    for (const [detail, tokens] of details) {
      if (tokens > 0) metrics.trackLlm('tokenDetails', { ...labels, detail }, tokens);
    }
    const cost = this.#cost(usage);
    if (cost !== undefined) {
      metrics.trackLlm('cost', { ...labels, attribution: this.#attribution }, cost);
    }
  }

  #cost(usage: LlmUsage): number | undefined {
    try {
      return costOf(usage, this.#call);
    } catch {
      // A price function that throws gives no cost.
      return undefined;
    }
  }

  /** Reasoning that is not streamed takes its time before the first chunk: its tokens do not count. */
  #recordPace(usage: LlmUsage): void {
    const tokens = usage.completion - (this.#sawReasoning ? 0 : usage.reasoning);
    const seconds = this.#pace.secondsPerToken(tokens);
    if (seconds !== undefined) {
      this.#manager.trackLlm('timePerOutputToken', this.#labels(), seconds);
    }
  }

  #stepEnds(usage: Loose | undefined, isRequest: boolean): void {
    const read = readUsage(usage);
    if (read !== undefined) this.#steps.push(read);
    if (!isRequest) return;
    this.#current = undefined;
    this.#pace.pause();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #custom(value: unknown): Loose | undefined {
    const usage = this.#call.usage?.(value);
    return typeof usage === 'object' && usage !== null ? (usage as Loose) : undefined;
  }

  #labels(): { provider: string; model: string } {
    return { provider: this.#call.provider, model: this.#call.model };
  }
}

/** The time in which output arrived, without the time between the requests of a run. */
class Pace {
  #seconds = 0;
  #requests = 0;
  #first: number | undefined;
  #last = 0;

  output(now: number): void {
    if (this.#first === undefined) this.#requests++;
    this.#first ??= now;
    this.#last = now;
  }

  /** The last chunk of many SDKs has the usage and no output. */
  completed(now: number): void {
    this.#last = now;
  }

  /** Tools run between two requests. */
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

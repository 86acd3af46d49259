import type { ConnectionManager } from '@map/config/connections';
import { type BaseError, convertException, ErrorCode, LLMError } from '@map/config/errors';
import type { TraceLogger } from '@map/config/logger';
import type { MetricsManager } from '@map/config/metrics';
import { observeLlm } from '@map/config/metrics/llm';
import type { Settings } from '@map/config/settings';
import type { Completion, CompletionChunk, Message, Usage } from './completion.ts';
import { readEvents } from './event-stream.ts';
import { withFailover } from './failover.ts';
import type { Provider } from './provider.ts';
import type { Tally } from './tally.ts';

/** What a model has answered. */
export interface Reply {
  readonly text: string;
  readonly usage: Usage;
  /** Provider and model, such as `openai/gpt-4o-mini`. */
  readonly model: string;
}

/** What a {@link Model} is made of. */
export interface ModelOptions {
  readonly connections: ConnectionManager;
  readonly metrics: MetricsManager;
  readonly logger: TraceLogger;
  readonly providers: readonly Provider[];
  readonly tally: Tally;
  /** Ends waits and requests. */
  readonly signal: AbortSignal;
}

/** The name of the HTTP client for models. */
const MODELS = 'models';

/** Prepares the HTTP client for models: they think long, and {@link withFailover} does the retries. */
export function addModelClient(
  connections: ConnectionManager,
  providers: readonly Provider[],
  { HTTPS_PROXY, NO_PROXY }: Settings,
): void {
  connections.addHttp(MODELS, {
    timeoutMs: Math.max(...providers.map(({ timeoutMs }) => timeoutMs)) + 1000,
    retries: 0,
    noProxy: [...NO_PROXY, '127.0.0.1'],
    ...(HTTPS_PROXY !== undefined && { proxy: HTTPS_PROXY }),
  });
}

const NO_USAGE: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** A language model behind one or more providers. */
export class Model {
  readonly #options: ModelOptions;

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /**
   * Asks the model, with retries and another provider where that helps.
   * @param streaming Whether the answer comes in pieces.
   * @throws An error with an `LLM_…` or `CONNECTION_…` code when no provider answers.
   */
  async ask(messages: readonly Message[], streaming: boolean): Promise<Reply> {
    const { providers, logger, metrics, tally, signal } = this.#options;
    return withFailover(
      providers,
      (provider) => this.#call(provider, messages, streaming),
      {
        onError: (_, error) => tally.countError(error.code),
        onRetry: ({ name, model }, error, waitMs) => {
          tally.retries += 1;
          metrics.trackLlm('retries', { provider: name, model, reason: error.code });
          const wait = Math.round(waitMs);
          logger.warning(`${label(error)}: asking ${name} again in ${wait} ms`, { error });
        },
        onFallback: (from, to, error) => {
          tally.fallbacks += 1;
          const labels = { from_model: from.model, to_model: to.model, reason: error.code };
          metrics.trackLlm('fallbacks', labels);
          logger.warning(`${label(error)}: ${to.name} takes over from ${from.name}`, { error });
        },
      },
      signal,
    );
  }

  async #call(provider: Provider, messages: readonly Message[], streaming: boolean) {
    const { tally } = this.#options;
    const started = performance.now();
    tally.modelCalls += 1;
    try {
      const call = { provider: provider.name, model: provider.model, operation: 'chat' };
      const { text, usage } = streaming
        ? await join(observeLlm(call, () => this.#stream(provider, messages)))
        : read(await observeLlm(call, () => this.#complete(provider, messages)));
      tally.promptTokens += usage.prompt_tokens;
      tally.completionTokens += usage.completion_tokens;
      return { text, usage, model: `${provider.name}/${provider.model}` };
    } finally {
      tally.modelMs.push(performance.now() - started);
    }
  }

  async #complete(provider: Provider, messages: readonly Message[]): Promise<Completion> {
    try {
      return await this.#options.connections.httpSession(
        (http) =>
          http
            .post(`${provider.url}/chat/completions`, {
              ...this.#request(provider),
              json: { model: provider.model, messages },
            })
            .json<Completion>(),
        { name: MODELS },
      );
    } catch (error) {
      throw modelError(error);
    }
  }

  async *#stream(
    provider: Provider,
    messages: readonly Message[],
  ): AsyncGenerator<CompletionChunk> {
    const http = await this.#options.connections.getHttpClient({ name: MODELS });
    const body = http.stream.post(`${provider.url}/chat/completions`, {
      ...this.#request(provider),
      json: {
        model: provider.model,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      },
    });
    let received = 0;
    let done = false;
    try {
      // To the very end: leaving early would break the connection off instead of giving it back.
      for await (const data of readEvents(body)) {
        if (data === '[DONE]') {
          done = true;
        } else {
          received += 1;
          yield JSON.parse(data) as CompletionChunk;
        }
      }
    } catch (error) {
      if (done) return;
      throw received === 0 ? modelError(error) : interrupted(provider, received, error);
    }
    if (!done) throw interrupted(provider, received, undefined);
  }

  #request({ apiKey, timeoutMs }: Provider) {
    return {
      headers: { authorization: `Bearer ${apiKey.reveal()}` },
      timeout: { request: timeoutMs },
      signal: this.#options.signal,
    };
  }
}

/** What an HTTP client calls an upstream's failure is a model's failure, with a code of its own. */
function modelError(error: unknown): BaseError {
  const known = convertException(error, { origin: 'llm' });
  const { code, originalError } = known;
  if (originalError !== undefined) return convertException(originalError, { origin: 'llm' });
  if (code !== ErrorCode.UPSTREAM_TIMEOUT) return known;
  return new LLMError({ code: ErrorCode.LLM_TIMEOUT, message: 'The model gave no whole answer.' });
}

function interrupted({ name }: Provider, events: number, cause: unknown): LLMError {
  return new LLMError({
    code: ErrorCode.LLM_STREAM_INTERRUPTED,
    message: `The answer of ${name} broke off after ${events} events.`,
    originalError: cause,
  });
}

async function join(chunks: AsyncIterable<CompletionChunk>) {
  let text = '';
  let usage = NO_USAGE;
  for await (const chunk of chunks) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  return { text, usage };
}

function read(completion: Completion) {
  const text = completion.choices[0]?.message.content;
  if (typeof text === 'string') return { text, usage: completion.usage ?? NO_USAGE };
  throw new LLMError({
    code: ErrorCode.LLM_INVALID_RESPONSE,
    message: 'The answer of the model has no message.',
  });
}

function label({ code, httpStatus, details }: BaseError): string {
  const status = (details as { status_code?: number }).status_code ?? httpStatus;
  return `${code} (${status})`;
}

import type { Config } from '@map/config';
import { type BaseError, ErrorCode, LLMError } from '@map/config/errors';
import type { TraceLogger } from '@map/config/logger';
import type { MetricsManager } from '@map/config/metrics';
import { observeLlm } from '@map/config/metrics/llm';
import OpenAI from 'openai';
import type { Message, Usage } from './completion.ts';
import { withFailover } from './failover.ts';
import type { Provider } from './provider.ts';
import type { Tally } from './tally.ts';

/** The response of a model. */
export interface Reply {
  readonly text: string;
  readonly usage: Usage;
  /** Provider and model, such as `openai/gpt-4o-mini`. */
  readonly model: string;
}

/** The options of a {@link Model}. */
export interface ModelOptions {
  /** Gives what the client of a provider is made with. */
  readonly provider: Config['provider'];
  readonly metrics: MetricsManager;
  readonly logger: TraceLogger;
  readonly providers: readonly Provider[];
  readonly tally: Tally;
}

/** A provider with the client of its SDK. */
interface Connected extends Provider {
  readonly client: OpenAI;
}

interface Question {
  readonly messages: readonly Message[];
  readonly streaming: boolean;
  readonly signal: AbortSignal;
}

const NO_USAGE: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** A language model behind one or more providers. */
export class Model {
  readonly #options: ModelOptions;
  readonly #providers: readonly Connected[];

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#providers = options.providers.map((provider) => ({
      ...provider,
      client: new OpenAI(options.provider(provider.name)),
    }));
  }

  /**
   * Asks the model, with retries and another provider where that helps.
   * @param streaming Whether the answer comes in pieces.
   * @param signal Ends waits and requests.
   * @throws An error with an `LLM_…` or `CONNECTION_…` code when no provider answers.
   */
  async ask(messages: readonly Message[], streaming: boolean, signal: AbortSignal): Promise<Reply> {
    const { logger, metrics, tally } = this.#options;
    return withFailover(
      this.#providers,
      (provider) => this.#call(provider, { messages, streaming, signal }),
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

  async #call(provider: Connected, question: Question) {
    const { tally } = this.#options;
    const started = performance.now();
    tally.modelCalls += 1;
    let usage: Usage = NO_USAGE;
    const onUsage = (arrived: Usage): void => {
      usage = arrived;
    };
    try {
      const text = question.streaming
        ? await this.#stream(provider, question, onUsage)
        : await this.#complete(provider, question, onUsage);
      return { text, usage, model: `${provider.name}/${provider.model}` };
    } finally {
      // The tokens of a call count once its usage has arrived, as in the metrics: it may fail after.
      tally.promptTokens += usage.prompt_tokens;
      tally.completionTokens += usage.completion_tokens;
      tally.modelMs.push(performance.now() - started);
    }
  }

  async #complete(
    { name, model, client }: Connected,
    { messages, signal }: Question,
    onUsage: (usage: Usage) => void,
  ): Promise<string> {
    const completion = await observeLlm({ provider: name, model, operation: 'chat' }, () =>
      client.chat.completions.create({ model, messages: [...messages] }, { signal }),
    );
    if (completion.usage) onUsage(completion.usage);
    const text = completion.choices[0]?.message.content;
    if (typeof text === 'string') return text;
    throw new LLMError({
      code: ErrorCode.LLM_INVALID_RESPONSE,
      message: 'The answer of the model has no message.',
    });
  }

  async #stream(
    { name, model, client }: Connected,
    { messages, signal }: Question,
    onUsage: (usage: Usage) => void,
  ): Promise<string> {
    const chunks = await observeLlm({ provider: name, model, operation: 'chat' }, () =>
      client.chat.completions.create(
        {
          model,
          messages: [...messages],
          stream: true,
          stream_options: { include_usage: true },
        },
        { signal },
      ),
    );
    let text = '';
    for await (const chunk of chunks) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.usage) onUsage(chunk.usage);
    }
    return text;
  }
}

function label({ code, httpStatus, details }: BaseError): string {
  const status = (details as { status_code?: number }).status_code ?? httpStatus;
  return `${code} (${status})`;
}

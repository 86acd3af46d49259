import { type SpanAttributes, startSpan, type UnitSpan, valueAtOnce } from '@map/redaction/kernel';
import type { Failure } from '../answer/failure.ts';
import { type ResponseFacts, readResponse } from '../answer/response.ts';
import type { LlmUsage } from '../usage/usage.ts';

/** The facts at the end of a call. */
export interface CallEnd {
  readonly failure?: (Failure & { readonly error: unknown }) | undefined;
  readonly usage?: LlmUsage | undefined;
  readonly costUsd?: number | undefined;
  /** Seconds to the first content; undefined if the response was not streamed. */
  readonly firstSeconds?: number | undefined;
  /** When it ended, in milliseconds since 1970; now by default. */
  readonly epochMs?: number | undefined;
}

/** The names that a call has. */
interface CallNames {
  readonly provider: string;
  readonly model: string;
  readonly operation: string;
  readonly request?: (() => SpanAttributes) | undefined;
}

/**
 * The span of a model call, by OpenTelemetry's conventions for generative AI. Prompts and answers
 * are not recorded.
 */
export class CallSpan {
  readonly #span: UnitSpan;
  #facts: ResponseFacts = {};

  constructor(span: UnitSpan) {
    this.#span = span;
  }

  /** Runs the call inside of the span. */
  run<T>(run: () => T): T {
    return this.#span.run(run);
  }

  /** Adds settings of the request that are known later. */
  request(attributes: SpanAttributes): void {
    this.#span.set(attributes);
  }

  /** Keeps the attributes of a response or a chunk. */
  response(value: unknown): void {
    try {
      const { id, model, finishReasons } = readResponse(value);
      this.#facts = {
        id: this.#facts.id ?? id,
        model: this.#facts.model ?? model,
        finishReasons: finishReasons ?? this.#facts.finishReasons,
      };
    } catch {
      // An unreadable response has no attributes.
    }
  }

  end({ failure, usage, costUsd, firstSeconds, epochMs }: CallEnd): void {
    const { id, model, finishReasons } = this.#facts;
    const some = (tokens: number | undefined) => (tokens ? tokens : undefined);
    this.#span.set({
      'gen_ai.response.id': id,
      'gen_ai.response.model': model,
      'gen_ai.response.finish_reasons': finishReasons,
      'gen_ai.request.stream': firstSeconds === undefined ? undefined : true,
      'gen_ai.response.time_to_first_chunk': firstSeconds,
      'gen_ai.usage.input_tokens': usage?.prompt,
      'gen_ai.usage.output_tokens': usage?.completion,
      'gen_ai.usage.cache_read.input_tokens': some(usage?.cacheRead),
      'gen_ai.usage.cache_creation.input_tokens': some(usage?.cacheWrite),
      'gen_ai.usage.reasoning.output_tokens': some(usage?.reasoning),
      'map.cost_usd': costUsd,
    });
    if (failure !== undefined) {
      const { type, status, error } = failure;
      this.#span.fail({ type, error, isError: status === 'error' });
    }
    this.#span.end(epochMs);
  }
}

/** Starts the span of a call; undefined if the application has not registered a provider. */
export function startCallSpan({
  provider,
  model,
  operation,
  request,
}: CallNames): CallSpan | undefined {
  const span = startSpan(() => ({
    name: `${operation} ${model}`.trimEnd(),
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': provider || undefined,
      'gen_ai.request.model': model || undefined,
      ...(request && readable(request)),
    },
  }));
  return span && new CallSpan(span);
}

function readable(request: () => SpanAttributes): SpanAttributes {
  try {
    return valueAtOnce(request()) ?? {};
  } catch {
    // Settings that cannot be read.
    return {};
  }
}

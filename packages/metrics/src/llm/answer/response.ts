import { array, type Loose, loose } from '../usage/loose.ts';

/** The attributes of a response in a span. */
export interface ResponseFacts {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReasons?: readonly string[] | undefined;
}

/** Reads the facts of a response, or of a chunk of one, by its shape. */
export function readResponse(value: unknown): ResponseFacts {
  const top = loose(value);
  // Events and results have the response within: OpenAI, Anthropic, the AI SDK, LangChain.
  const within = ['response', 'message', 'response_metadata'].map((name) => loose(top[name]));
  const all = [top, ...within];
  return {
    id: text(all, ['id', 'responseId']),
    model: text(all, ['model', 'modelId', 'modelVersion', 'model_name', 'modelName']),
    finishReasons: reasonsOf([loose(top['delta']), ...all]),
  };
}

function reasonsOf(all: readonly Loose[]): readonly string[] | undefined {
  const choices = ['choices', 'candidates'].flatMap((name) => array(all[1]?.[name]).map(loose));
  const reasons = [...choices, ...all]
    .flatMap((one) =>
      ['finish_reason', 'finishReason', 'stop_reason', 'done_reason'].map((name) => one[name]),
    )
    // The AI SDK has its own word beside the provider's.
    .map((reason) => (typeof reason === 'object' ? loose(reason)['unified'] : reason))
    .filter((reason): reason is string => typeof reason === 'string' && reason !== '');
  return reasons.length === 0 ? undefined : reasons;
}

function text(all: readonly Loose[], names: readonly string[]): string | undefined {
  for (const one of all) {
    const found = names.map((name) => one[name]).find((value) => typeof value === 'string');
    if (typeof found === 'string' && found !== '') return found;
  }
  return undefined;
}

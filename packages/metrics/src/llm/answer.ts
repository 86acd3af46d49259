import { type Loose, loose } from './loose.ts';
import { addUsage, type LlmUsage, readUsage } from './usage.ts';

/** Tells whether an object is the pair of a response and its data that `withResponse()` gives. */
export function isWithResponse(value: object): value is { data: unknown; response: unknown } {
  return 'data' in value && 'response' in value;
}

/** Reads the usage of a whole response, or of an error that has one. */
export function usageOf(value: unknown): LlmUsage | undefined {
  const answer = loose(value);
  for (const candidate of candidates(answer)) {
    const usage = readUsage(candidate);
    if (usage !== undefined) return usage;
  }
  return usageOfRun(answer);
}

/** Reads the usage of a run of OpenAI's agents, which keeps each response of the model. */
export function usageOfRun(run: object): LlmUsage | undefined {
  const responses = loose(run)['rawResponses'];
  if (!Array.isArray(responses)) return undefined;
  const parts = responses.map((one) => readUsage(loose(one)['usage']));
  return addUsage(parts.filter((part) => part !== undefined));
}

function* candidates(answer: Loose): Generator<unknown> {
  yield answer['totalUsage'];
  yield answer['usage'];
  yield answer['usageMetadata'];
  yield answer['usage_metadata'];
  yield loose(answer['x_groq'])['usage'];
  const choices = answer['choices'];
  if (Array.isArray(choices)) yield loose(choices[0])['usage'];
  yield loose(answer['llmOutput'])['tokenUsage'];
  yield loose(answer['raw'])['usage_metadata'];
  // Ollama has its counts in the response itself.
  if ('eval_count' in answer || 'prompt_eval_count' in answer) yield answer;
}

/** Finds the failure in a response that was received, such as a body with an error and status 200. */
export function failureOf(value: unknown): unknown {
  const answer = loose(value);
  if (answer['status'] === 'failed') return answer['error'] ?? { name: 'failed' };
  const { error } = answer;
  const hasOutput = ['choices', 'output', 'content', 'candidates', 'message'].some(
    (name) => answer[name] !== undefined && answer[name] !== null,
  );
  if (typeof error === 'object' && error !== null && !hasOutput) return error;
  const choices = answer['choices'];
  return Array.isArray(choices) ? (loose(choices[0])['error'] ?? undefined) : undefined;
}

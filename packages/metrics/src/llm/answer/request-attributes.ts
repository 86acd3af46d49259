import type { SpanAttributes } from '@map/redaction/kernel';
import { loose } from '../usage/loose.ts';

/** The settings that are numbers, by their attribute after `gen_ai.`, under the names that SDKs use. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  'request.max_tokens': [
    'max_tokens',
    'maxOutputTokens',
    'max_output_tokens',
    'max_completion_tokens',
  ],
  'request.temperature': ['temperature'],
  'request.top_p': ['top_p', 'topP'],
  'request.top_k': ['top_k', 'topK'],
  'request.frequency_penalty': ['frequency_penalty', 'frequencyPenalty'],
  'request.presence_penalty': ['presence_penalty', 'presencePenalty'],
  'request.seed': ['seed'],
  'request.choice.count': ['n'],
  'embeddings.dimension.count': ['dimensions'],
};

type Attributes = Record<string, NonNullable<SpanAttributes[string]>>;

/**
 * Reads the settings of a request for its span, and nothing else: prompts may be beside them.
 *
 * @param settings The settings, as any SDK names them.
 * @param baseUrl The address of the model's interface, if it is known.
 */
export function requestAttributes(settings: unknown, baseUrl?: unknown): SpanAttributes {
  const given = loose(settings);
  const attributes: Attributes = serverAttributes(baseUrl);
  for (const [attribute, names] of Object.entries(NUMBERS)) {
    const value = names.map((name) => given[name]).find((one) => Number.isFinite(one)) as number;
    if (value !== undefined) attributes[`gen_ai.${attribute}`] = value;
  }
  // The conventions omit a single choice.
  if (given['n'] === 1) delete attributes['gen_ai.request.choice.count'];
  const stop = [given['stop'] ?? given['stop_sequences'] ?? given['stopSequences']].flat();
  const sequences = stop.filter((one) => typeof one === 'string');
  if (sequences.length > 0) attributes['gen_ai.request.stop_sequences'] = sequences;
  if (given['stream'] === true) attributes['gen_ai.request.stream'] = true;
  return attributes;
}

function serverAttributes(baseUrl: unknown): Attributes {
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  if (hostname === '') return {};
  const usual = protocol === 'http:' ? 80 : 443;
  return { 'server.address': hostname, 'server.port': Number(port) || usual };
}

import { type Loose, loose } from './loose.ts';

/** The news in one chunk of a streamed response. */
export interface ChunkNews {
  /** Whether it carries output: text, reasoning or a tool call. */
  readonly content?: boolean | undefined;
  /** Whether the output is reasoning. */
  readonly reasoning?: boolean | undefined;
  /** Usage so far, of the current model request. */
  readonly usage?: Loose | undefined;
  /** Whether the usage adds to that of earlier chunks instead of replacing it. */
  readonly adds?: boolean | undefined;
  /** Whether the current model request ends with this chunk; another one may follow. */
  readonly stepEnds?: boolean | undefined;
  /** Usage of the whole run. */
  readonly total?: Loose | undefined;
  /** The failure that it reports. */
  readonly failed?: unknown;
}

const CONTENT: ReadonlySet<unknown> = new Set([
  'text-delta',
  'reasoning-delta',
  'tool-input-delta',
  'tool-call',
  'text',
  'reasoning',
  'object',
  'object-result',
  'output_text_delta',
]);

/** Reads a chunk of any known stream by its shape; every chunk of an unknown one is output. */
export function readChunk(value: unknown): ChunkNews {
  if (typeof value !== 'object' || value === null) return { content: value !== '' };
  const chunk = loose(value);
  if (Array.isArray(chunk['choices'])) return readChatChunk(chunk, chunk['choices']);
  if (chunk['usageMetadata'] !== undefined || Array.isArray(chunk['candidates'])) {
    return readGoogleChunk(chunk);
  }
  // LangChain states the tokens of a chunk, not those so far.
  if (chunk['usage_metadata'] !== undefined || 'lc_kwargs' in chunk) {
    const texts = [chunk['content'], chunk['tool_call_chunks']];
    return {
      content: texts.some((one) => Number(loose(Object(one))['length'] ?? 0) > 0),
      usage: optional(chunk['usage_metadata']),
      adds: true,
    };
  }
  if (typeof chunk['type'] !== 'string') return readUntyped(chunk);
  return readTyped(chunk, chunk['type']);
}

/** OpenAI's chat completions, and the many that imitate them. */
function readChatChunk(chunk: Loose, choices: readonly unknown[]): ChunkNews {
  const choice = loose(choices[0]);
  const usage = chunk['usage'] ?? choice['usage'] ?? loose(chunk['x_groq'])['usage'];
  const deltas = choices.map((one) => loose(loose(one)['delta']));
  return {
    content: deltas.some((delta) => hasValue(delta, (name) => name !== 'role')),
    reasoning: deltas.some((delta) => hasValue(delta, (name) => name.startsWith('reasoning'))),
    usage: optional(usage),
    failed: chunk['error'] ?? choice['error'] ?? loose(chunk['x_groq'])['error'] ?? undefined,
  };
}

function readGoogleChunk(chunk: Loose): ChunkNews {
  const parts = array(loose(loose(array(chunk['candidates'])[0])['content'])['parts']);
  return {
    content: parts.length > 0,
    reasoning: parts.some((part) => loose(part)['thought'] === true),
    usage: optional(chunk['usageMetadata']),
  };
}

/** Ollama states its counts in the last chunk itself. */
function readUntyped(chunk: Loose): ChunkNews {
  const message = loose(chunk['message']);
  if (!('done' in chunk)) return { content: true, usage: optional(chunk['usage']) };
  return {
    content: [message['content'], message['thinking'], chunk['response'], chunk['thinking']].some(
      (text) => typeof text === 'string' && text !== '',
    ),
    reasoning: typeof message['thinking'] === 'string',
    usage: chunk['eval_count'] === undefined ? undefined : chunk,
    failed: chunk['error'],
  };
}

function readTyped(chunk: Loose, type: string): ChunkNews {
  // OpenAI's responses.
  if (type.startsWith('response.')) {
    const response = loose(chunk['response']);
    return {
      content: type.endsWith('.delta'),
      reasoning: type.startsWith('response.reasoning'),
      usage: optional(response['usage']),
      failed: type === 'response.failed' ? (response['error'] ?? response) : undefined,
    };
  }
  // Anthropic: message_start has the input, message_delta the output.
  if (type === 'message_start') return { usage: optional(loose(chunk['message'])['usage']) };
  if (type === 'message_delta') return { usage: known(chunk['usage']) };
  if (type.startsWith('content_block') || type.startsWith('message_') || type === 'ping') {
    const isThinking = loose(chunk['delta'])['type'] === 'thinking_delta';
    return { content: type === 'content_block_delta', reasoning: isThinking };
  }
  // A whole message of Anthropic's tool runner.
  if (type === 'message') return { content: true, usage: optional(chunk['usage']), stepEnds: true };
  // The agents of OpenAI wrap the events of the model.
  if (type === 'raw_model_stream_event') return readAgentEvent(loose(chunk['data']));
  if (type.endsWith('_stream_event') || type.endsWith('_updated')) return {};
  return readPart(chunk, type);
}

function readAgentEvent(data: Loose): ChunkNews {
  if (data['type'] === 'output_text_delta') return { content: true };
  if (data['type'] !== 'response_done') return {};
  return { usage: optional(loose(data['response'])['usage']), stepEnds: true };
}

/** The stream parts of the AI SDK and, with a payload, of Mastra. */
function readPart(chunk: Loose, type: string): ChunkNews {
  const payload = loose(chunk['payload']);
  const output = loose(payload['output']);
  const usage = chunk['usage'] ?? output['usage'] ?? payload['usage'];
  switch (type) {
    case 'error':
      return { failed: chunk['error'] ?? payload['error'] ?? chunk };
    case 'abort':
      return { failed: abortOf(chunk['reason'] ?? payload['reason']) };
    case 'finish-step':
    case 'step-finish':
      return { usage: optional(usage), stepEnds: true };
    case 'finish':
      return { total: optional(chunk['totalUsage'] ?? usage) };
    default:
      return {
        content: CONTENT.has(type) || type.endsWith('.delta') || type.endsWith('.partial_image'),
        reasoning: type.startsWith('reasoning'),
        usage: optional(chunk['usage']),
      };
  }
}

/** The AI SDK reports a time limit of its own as an abort with a reason. */
function abortOf(reason: unknown): unknown {
  const text = typeof reason === 'string' ? reason : String(loose(reason)['name'] ?? '');
  return { name: /time(d )?out/i.test(text) ? 'TimeoutError' : 'AbortError' };
}

function hasValue(delta: Loose, matches: (name: string) => boolean): boolean {
  return Object.entries(delta).some(
    ([name, value]) => matches(name) && value !== null && value !== '' && value !== undefined,
  );
}

function optional(usage: unknown): Loose | undefined {
  return typeof usage === 'object' && usage !== null ? loose(usage) : undefined;
}

/** Later usage has null for what earlier usage has stated. */
function known(usage: unknown): Loose {
  return Object.fromEntries(Object.entries(loose(usage)).filter(([, value]) => value !== null));
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

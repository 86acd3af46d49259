import { type Loose, loose } from './usage.ts';

/** What one piece of a streamed answer tells. */
export interface ChunkNews {
  /** Whether it carries content: text, reasoning or a tool call. */
  readonly content: boolean;
  /** A usage object to lay over those seen before. */
  readonly usage?: Loose | undefined;
  /** The failure it reports. */
  readonly failed?: unknown;
}

const AI_CONTENT: ReadonlySet<unknown> = new Set([
  'text-delta',
  'reasoning-delta',
  'tool-input-delta',
  'tool-call',
  'text',
  'reasoning',
  'object',
]);

/** Reads a chunk of any known stream by its shape; of an unknown one, every chunk is content. */
export function readChunk(value: unknown): ChunkNews {
  if (typeof value !== 'object' || value === null) return { content: value !== '' };
  const chunk = loose(value);
  // OpenAI, chat completions.
  if (Array.isArray(chunk['choices'])) {
    const usage = chunk['usage'];
    return { content: chunk['choices'].some(hasDelta), usage: usage ? loose(usage) : undefined };
  }
  const type = chunk['type'];
  if (typeof type !== 'string') return { content: true };
  // OpenAI, responses.
  if (type.startsWith('response.')) {
    const response = loose(chunk['response']);
    const usage = response['usage'];
    return {
      content: type.endsWith('.delta'),
      usage: usage ? loose(usage) : undefined,
      failed: type === 'response.failed' ? (response['error'] ?? response) : undefined,
    };
  }
  // Anthropic.
  if (type === 'message_start') {
    return { content: false, usage: loose(loose(chunk['message'])['usage']) };
  }
  if (type === 'message_delta') return { content: false, usage: known(chunk['usage']) };
  if (type.startsWith('content_block') || type.startsWith('message_') || type === 'ping') {
    return { content: type === 'content_block_delta' };
  }
  if (type === 'error') return { content: false, failed: chunk['error'] ?? chunk };
  // AI SDK.
  if (type === 'finish') return { content: false, usage: loose(chunk['totalUsage']) };
  if (type === 'abort') return { content: false, failed: { name: 'AbortError' } };
  return { content: AI_CONTENT.has(type) };
}

function hasDelta(choice: unknown): boolean {
  const delta = loose(loose(choice)['delta']);
  return Object.entries(delta).some(
    ([name, value]) => name !== 'role' && value !== null && value !== '' && value !== undefined,
  );
}

/** Later usage leaves out, as null, what earlier usage has told. */
function known(usage: unknown): Loose {
  return Object.fromEntries(Object.entries(loose(usage)).filter(([, value]) => value !== null));
}

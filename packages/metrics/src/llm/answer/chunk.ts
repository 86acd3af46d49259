import { array, type Loose, loose, optional } from '../usage/loose.ts';
import { failureOfChoice, hasOwnCounts, resultOfBatch, usagesOf } from './answer.ts';
import { type ChunkNews, isFull } from './chunk-news.ts';
import { readLangChain } from './langchain-chunk.ts';

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
  // Cohere
  'content-delta',
  'tool-call-delta',
  'tool-plan-delta',
]);

/** Reads a chunk of any known stream by its shape; every chunk of an unknown one is output. */
export function readChunk(value: unknown): ChunkNews {
  const news = readShape(value);
  const counts = loose(value)['amazon-bedrock-invocationMetrics'];
  return counts === undefined ? news : { ...news, usage: { ...loose(counts), ...news.usage } };
}

function readShape(value: unknown): ChunkNews {
  if (typeof value !== 'object' || value === null) return { content: value !== '' };
  const chunk = loose(value);
  if (Array.isArray(chunk['choices'])) return readChatChunk(chunk, chunk['choices']);
  // Mistral has the event around it.
  const { choices, type } = loose(chunk['data']);
  const isWrapped = Array.isArray(choices) || (typeof type === 'string' && !('type' in chunk));
  if (isWrapped && !('run_id' in chunk)) return readChunk(chunk['data']);
  if (chunk['usageMetadata'] !== undefined || Array.isArray(chunk['candidates'])) {
    return readGoogleChunk(chunk);
  }
  const langChain = readLangChain(chunk);
  if (langChain !== undefined) return langChain;
  if (typeof chunk['event_type'] === 'string') return readInteraction(chunk, chunk['event_type']);
  if (typeof chunk['type'] !== 'string') return readUntyped(chunk);
  return readTyped(chunk, chunk['type']);
}

/** The interactions of Google. */
function readInteraction(event: Loose, type: string): ChunkNews {
  const isThought = String(loose(event['delta'])['type']).startsWith('thought');
  return {
    content: type.endsWith('.delta') && loose(event['delta'])['type'] !== 'thought_signature',
    reasoning: isThought,
    usage: optional(loose(event['interaction'])['usage']),
    failed: type === 'error' ? (event['error'] ?? event) : undefined,
  };
}

/** OpenAI's chat completions, and the many that imitate them. */
function readChatChunk(chunk: Loose, all: readonly unknown[]): ChunkNews {
  const choices = all.map(loose);
  const [choice = {}] = choices;
  const own = choices.map((one) => one['usage']).find((usage) => optional(usage) !== undefined);
  const usage = chunk['usage'] ?? own ?? loose(chunk['x_groq'])['usage'];
  const deltas = choices.map((one) => loose(one['delta']));
  const has = (matches: (name: string) => boolean) =>
    deltas.some((delta) => Object.keys(delta).some((name) => matches(name) && isFull(delta[name])));
  const reasoning = has((name) => name.startsWith('reasoning') && !/details$/i.test(name));
  const details = deltas.flatMap((delta) =>
    array(delta['reasoning_details'] ?? delta['reasoningDetails']),
  );
  const isShown = reasoning || details.some((one) => loose(one)['type'] !== 'reasoning.encrypted');
  // Mistral has thinking as a part of the content.
  const parts = deltas.flatMap((delta) => array(delta['content'])).map(loose);
  const isThought = parts.length > 0 && parts.every(({ type }) => type === 'thinking');
  return {
    content:
      isShown ||
      has((name) => name !== 'role' && !name.startsWith('reasoning')) ||
      choices.some(({ text }) => isFull(text)),
    reasoning: isShown || isThought,
    hidden: details.length > 0 && !isShown,
    usage: optional(usage),
    failed:
      chunk['error'] ?? failureOfChoice(choice) ?? loose(chunk['x_groq'])['error'] ?? undefined,
  };
}

function readGoogleChunk(chunk: Loose): ChunkNews {
  const parts = array(loose(loose(array(chunk['candidates'])[0])['content'])['parts']);
  // The signature of hidden thoughts comes with an empty text.
  const shown = parts.map(loose).filter((part) => part['text'] !== '');
  return {
    content: shown.length > 0,
    reasoning: shown.some((part) => part['thought'] === true),
    pauses: shown.some((part) => part['codeExecutionResult'] !== undefined),
    usage: optional(chunk['usageMetadata']),
    response: chunk['responseId'],
  };
}

const BEDROCK = /^(messageSt(art|op)|contentBlock(Start|Delta|Stop)|metadata)$/;

/** An event of Bedrock has one field, by its type. */
function readBedrock(event: Loose): ChunkNews {
  const delta = loose(loose(event['contentBlockDelta'])['delta']);
  const { text, redactedContent } = loose(delta['reasoningContent']);
  return {
    content: [delta['text'], delta['toolUse'], text].some(isFull),
    reasoning: isFull(text),
    hidden: redactedContent !== undefined,
    usage: optional(loose(event['metadata'])['usage']),
  };
}

/** Ollama states its counts in the last chunk itself, Llama in each. */
function readUntyped(chunk: Loose): ChunkNews {
  const message = loose(chunk['message']);
  const line = resultOfBatch(chunk);
  if (line !== undefined) return { batch: usagesOf(chunk) };
  if (Object.keys(chunk).some((name) => BEDROCK.test(name))) return readBedrock(chunk);
  // Cohere before version 2
  if (typeof chunk['eventType'] === 'string') {
    return { content: isFull(chunk['text']), usage: optional(loose(chunk['response'])['meta']) };
  }
  const isText = ['generation', 'outputText'].some((name) => name in chunk);
  if (!('done' in chunk || isText)) return { content: true, usage: optional(chunk['usage']) };
  return {
    content: [
      ...[message['content'], message['thinking'], message['tool_calls']],
      ...[chunk['response'], chunk['thinking'], chunk['generation'], chunk['outputText']],
    ].some(isFull),
    reasoning: isFull(message['thinking'] ?? chunk['thinking']),
    usage: hasOwnCounts(chunk) ? chunk : undefined,
    failed: chunk['error'],
  };
}

function readTyped(chunk: Loose, type: string): ChunkNews {
  // OpenAI's responses.
  if (type.startsWith('response.')) {
    const response = loose(chunk['response']);
    return {
      content: type.endsWith('.delta') && chunk['delta'] !== '',
      reasoning: type.startsWith('response.reasoning'),
      pauses: /_call\.(?!.*delta)/.test(type),
      usage: optional(response['usage']),
      failed: type === 'response.failed' ? (response['error'] ?? response) : undefined,
    };
  }
  // Anthropic: message_start has the input, message_delta the output.
  if (type === 'message_start') return { usage: optional(loose(chunk['message'])['usage']) };
  if (type === 'message_delta') return { usage: optional(chunk['usage']) };
  if (type.startsWith('content_block')) return readContentBlock(chunk, type);
  if (type.startsWith('message_') || type === 'ping') return {};
  // A whole message of Anthropic's tool runner.
  if (type === 'message') return { content: true, usage: optional(chunk['usage']), stepEnds: true };
  // The agents of OpenAI wrap the events of the model.
  if (type === 'raw_model_stream_event') return readAgentEvent(loose(chunk['data']));
  if (type.endsWith('_stream_event') || type.endsWith('_updated')) return {};
  return readPart(chunk, type);
}

function readContentBlock(chunk: Loose, type: string): ChunkNews {
  const delta = loose(chunk['delta']);
  const isThinking = delta['type'] === 'thinking_delta' && delta['thinking'] !== '';
  // Thinking that is not shown has its signature alone.
  const isHidden =
    delta['type'] === 'signature_delta' ||
    loose(chunk['content_block'])['type'] === 'redacted_thinking';
  const isContent = delta['type'] !== 'thinking_delta' || isThinking;
  const block = String(loose(chunk['content_block'])['type']);
  return {
    content: type === 'content_block_delta' && isContent && !isHidden,
    reasoning: isThinking,
    hidden: isHidden,
    pauses: block.endsWith('_tool_result'),
  };
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
    case 'tool-result':
      return { pauses: true };
    case 'finish':
      return { total: optional(chunk['totalUsage'] ?? usage) };
    default: {
      const isEmpty = [chunk['text'], chunk['delta'], payload['text']].includes('');
      const isContent = CONTENT.has(type) || /\.(delta|partial_image)$/.test(type);
      const isReasoning = type.startsWith('reasoning');
      return {
        content: isContent && !isEmpty,
        reasoning: isReasoning && isContent && !isEmpty,
        // Reasoning that is not shown starts and ends without text.
        hidden: isReasoning,
        usage: optional(chunk['usage'] ?? loose(chunk['delta'])['usage']),
        failed: type.endsWith('.error') ? chunk : undefined,
      };
    }
  }
}

/** The AI SDK reports its own time limit as an abort with a reason. */
function abortOf(reason: unknown): unknown {
  const text = typeof reason === 'string' ? reason : String(loose(reason)['name'] ?? '');
  return { name: /time(d )?out/i.test(text) ? 'TimeoutError' : 'AbortError' };
}

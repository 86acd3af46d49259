/*
 * The streams of LangChain: messages of a model (`stream`), events (`streamEvents`) and patches of a
 * log (`streamLog`). Events and patches have the chunks of each model for the first output, and its
 * whole result at its end for the usage.
 */

import { array, type Loose, loose, optional } from '../usage/loose.ts';
import { hasOwnCounts, usageOf } from './answer.ts';
import { type ChunkNews, isFull } from './chunk-news.ts';

/** Reads a chunk of LangChain; undefined if it is of another library. */
export function readLangChain(chunk: Loose): ChunkNews | undefined {
  if (chunk['usage_metadata'] !== undefined || 'lc_kwargs' in chunk) return readMessage(chunk);
  if (typeof chunk['event'] === 'string' && 'run_id' in chunk) {
    return readEvent(chunk['event'], chunk['run_id'], loose(chunk['data']));
  }
  return Array.isArray(chunk['ops']) ? readPatch(chunk['ops'].map(loose)) : undefined;
}

/** The part of a model's result that states its usage: all choices of a request state the same. */
export function messageOf(result: unknown): unknown {
  const { message, generationInfo } = loose(array(loose(result)['generations']).flat()[0]);
  // Ollama's model of text has no message.
  return message ?? (hasOwnCounts(loose(generationInfo)) ? generationInfo : result);
}

/** LangChain states the tokens of a chunk, not those so far. */
function readMessage(message: Loose): ChunkNews {
  const { content, tool_call_chunks, additional_kwargs } = message;
  const reasons = loose(additional_kwargs);
  const blocks = array(content).map((block) => loose(block)['type']);
  const isThought = blocks.some((type) => type === 'thinking' || type === 'reasoning');
  return {
    content: isThought || [content, tool_call_chunks, reasons['reasoning_content']].some(isFull),
    reasoning: isThought || isFull(reasons['reasoning_content']),
    usage: optional(usageOf(message)),
    adds: true,
    // Anthropic counts the output so far, once at the start and once at the end.
    isOutputSoFar: 'stop_reason' in reasons || reasons['type'] === 'message',
  };
}

function readEvent(event: string, request: unknown, { chunk, output }: Loose): ChunkNews {
  if (/^on_(chat_model|llm)_stream$/.test(event)) {
    const content = hasOutput(chunk);
    const news = readMessage(loose(chunk));
    return news.isOutputSoFar ? { ...news, content, request } : { content };
  }
  if (!/^on_(chat_model|llm)_end$/.test(event)) return {};
  return isStreamedClaude(loose(messageOf(output))) ? {} : readResult(output);
}

/** The sum of a stream of Claude has the output of its start too: its chunks were read instead. */
function isStreamedClaude({ additional_kwargs, response_metadata }: Loose): boolean {
  const { usage } = loose(response_metadata);
  return (
    loose(additional_kwargs)['type'] === 'message' &&
    usage !== undefined &&
    loose(usage)['output_tokens'] === undefined
  );
}

/** A patch has the result of one model; the other operations in it are of the same model. */
function readPatch(operations: readonly Loose[]): ChunkNews {
  const at = (end: string) =>
    operations.filter(({ path }) => String(path).endsWith(end)).map(({ value }) => value);
  const result = at('/final_output').find((value) => 'generations' in loose(value));
  if (result !== undefined) return readResult(result);
  return { content: at('/streamed_output/-').some(hasOutput) };
}

function readResult(result: unknown): ChunkNews {
  const { tokenUsage } = loose(loose(result)['llmOutput']);
  const message = messageOf(result);
  const counts = hasOwnCounts(loose(message)) ? message : usageOf(message);
  return { usage: optional(counts ?? tokenUsage), stepEnds: true };
}

/** A chunk is a string, a message, or an object with either. */
function hasOutput(chunk: unknown): boolean {
  const { text, message } = loose(chunk);
  const part = loose(message ?? chunk);
  return (
    [chunk === part ? undefined : chunk, text].some(
      (one) => typeof one === 'string' && one !== '',
    ) || readMessage(part).content === true
  );
}

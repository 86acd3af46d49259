/** Shapes of the OpenAI chat completions protocol, as far as the demo uses it. */

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface CompletionRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export interface Completion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: Message;
    readonly finish_reason: string | null;
  }[];
  readonly usage: Usage;
}

/** One event of a streamed completion; the last one carries the usage and no choice. */
export interface CompletionChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: Partial<Message>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage | null;
}

/** Returns the request, or what is wrong with it. */
export function readCompletionRequest(body: string): CompletionRequest | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'The body is not JSON.';
  }
  const request = value as Partial<CompletionRequest> | null;
  if (typeof request?.model !== 'string') return "'model' must be a string.";
  if (!Array.isArray(request.messages) || request.messages.length === 0) {
    return "'messages' must be a list with at least one message.";
  }
  const odd = request.messages.findIndex((message) => typeof message?.content !== 'string');
  return odd < 0 ? (request as CompletionRequest) : `'messages[${odd}].content' must be a string.`;
}

/** Estimates the tokens of a string: about four characters each. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

export function usageOf(request: CompletionRequest, reply: string): Usage {
  const prompt = request.messages.reduce((sum, { content }) => sum + countTokens(content) + 4, 3);
  const completion = countTokens(reply);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}

export function completionOf(id: string, request: CompletionRequest, reply: string): Completion {
  const message: Message = { role: 'assistant', content: reply };
  return {
    id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: usageOf(request, reply),
  };
}

/** Makes the events of a streamed reply, a few words each. */
export function* chunksOf(
  id: string,
  request: CompletionRequest,
  reply: string,
): Generator<CompletionChunk> {
  const head = {
    id,
    object: 'chat.completion.chunk' as const,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  };
  const event = (delta: Partial<Message>, finish_reason: string | null): CompletionChunk => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason }],
  });
  yield event({ role: 'assistant', content: '' }, null);
  for (const [content] of reply.matchAll(/(?:\S+\s*){1,6}/g)) yield event({ content }, null);
  yield event({}, 'stop');
  if (request.stream_options?.include_usage) {
    yield { ...head, choices: [], usage: usageOf(request, reply) };
  }
}

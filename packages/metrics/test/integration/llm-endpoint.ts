import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A loopback endpoint that speaks the three wire formats, streamed and not. */
export interface LlmEndpoint extends AsyncDisposable {
  readonly url: string;
  /** Requests whose client went away before the end. */
  readonly aborted: number;
}

const CHAT_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 5,
  total_tokens: 105,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const RESPONSE_USAGE = {
  input_tokens: 100,
  output_tokens: 5,
  total_tokens: 105,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens_details: { reasoning_tokens: 2 },
};
const MESSAGE_USAGE = {
  input_tokens: 50,
  cache_read_input_tokens: 40,
  cache_creation_input_tokens: 10,
};

const WORDS = ['one ', 'two ', 'three ', 'four ', 'five'];

export async function startLlmEndpoint(): Promise<LlmEndpoint> {
  let aborted = 0;
  const server = createServer((request, response) => {
    response.once('close', () => {
      if (!response.writableFinished) aborted++;
    });
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    get aborted() {
      return aborted;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const piece of request) text += piece;
  const body = JSON.parse(text) as { stream?: boolean; model: string; messages?: unknown };
  if (body.model === 'broken') {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'no such model', type: 'invalid' } }));
    return;
  }
  const path = request.url ?? '';
  const events = path.endsWith('/messages')
    ? messageEvents(body.model)
    : path.endsWith('/responses')
      ? responseEvents(body.model)
      : chatEvents(body.model);
  if (!body.stream) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(events.whole));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events.stream) {
    if (response.destroyed) return;
    const type = (event as { type?: string }).type;
    response.write(
      `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(event)}\n\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, body.model === 'slow' ? 50 : 2));
  }
  if (path.endsWith('/completions')) response.write('data: [DONE]\n\n');
  response.end();
}

function chatEvents(model: string): { whole: object; stream: object[] } {
  const base = { id: 'c1', created: 1, model };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  });
  return {
    whole: {
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: WORDS.join('') },
        },
      ],
      usage: CHAT_USAGE,
    },
    stream: [
      chunk({ role: 'assistant', content: '' }),
      ...WORDS.map((content) => chunk({ content })),
      chunk({}, 'stop'),
      { ...base, object: 'chat.completion.chunk', choices: [], usage: CHAT_USAGE },
    ],
  };
}

function responseEvents(model: string): { whole: object; stream: object[] } {
  const text = WORDS.join('');
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  const item = {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [part],
  };
  const response = (status: string, output: object[], usage: object | null) => ({
    id: 'r1',
    object: 'response',
    created_at: 1,
    model,
    status,
    output,
    usage,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  });
  const at = { item_id: 'm1', output_index: 0, content_index: 0 };
  const events: object[] = [
    { type: 'response.created', response: response('in_progress', [], null) },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...WORDS.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: response('completed', [item], RESPONSE_USAGE) },
  ];
  return {
    whole: response('completed', [item], RESPONSE_USAGE),
    stream: events.map((event, sequence_number) => ({ ...event, sequence_number })),
  };
}

function messageEvents(model: string): { whole: object; stream: object[] } {
  const message = { id: 'msg1', type: 'message', role: 'assistant', model, stop_sequence: null };
  const block = { type: 'text', text: '' };
  return {
    whole: {
      ...message,
      content: [{ ...block, text: WORDS.join('') }],
      stop_reason: 'end_turn',
      usage: { ...MESSAGE_USAGE, output_tokens: 5 },
    },
    stream: [
      {
        type: 'message_start',
        message: {
          ...message,
          content: [],
          stop_reason: null,
          usage: { ...MESSAGE_USAGE, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: block },
      ...WORDS.map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text },
      })),
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 5 },
      },
      { type: 'message_stop' },
    ],
  };
}

import { PAUSE } from './llm-replay.ts';

/** Events and usage of the messages of Anthropic. */
export const start = (tokens: object) => ({
  type: 'message_start',
  message: {
    ...{ id: 'm', type: 'message', role: 'assistant', content: [], model: 'm' },
    stop_reason: null,
    usage: tokens,
  },
});
export const block = (index: number, content: object, ...deltas: object[]) => [
  { type: 'content_block_start', index, content_block: content },
  ...deltas.flatMap((delta) => [PAUSE, { type: 'content_block_delta', index, delta }]),
  { type: 'content_block_stop', index },
];
export const stop = (stop_reason: string, tokens: object) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: tokens },
  { type: 'message_stop' },
];
export const words = [...'abcde'].map((text) => ({ type: 'text_delta', text }));
export const text = (index = 0) => block(index, { type: 'text', text: '' }, ...words);
export const cached = {
  input_tokens: 50,
  output_tokens: 1,
  cache_read_input_tokens: 40,
  cache_creation_input_tokens: 10,
};

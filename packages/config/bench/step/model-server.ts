// The model of the step benchmark, in a separate process: it answers at once.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const response = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Read the next page of the report. '.repeat(8) },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 48, completion_tokens: 64, total_tokens: 112 },
});

const server = createServer((request, reply) => {
  request.resume().once('end', () => {
    reply.setHeader('content-type', 'application/json');
    reply.end(response);
  });
});
// Ends with the process that started it.
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

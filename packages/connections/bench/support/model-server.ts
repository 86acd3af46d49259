// The server of the benchmark of fetch, in a separate process: a small answer, or a streamed one.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = JSON.stringify({ ok: true, text: 'x'.repeat(200) });
const chunk = 'x'.repeat(200);

const server = createServer((request, response) => {
  if (request.url === '/tokens') {
    response.write(chunk);
    setImmediate(() => response.end(chunk));
    return;
  }
  if (request.url === '/stream') {
    let sent = 0;
    const more = (): void => {
      for (let index = 0; index < 10; index++) response.write(chunk);
      sent += 10;
      if (sent === 1_000) response.end();
      else setImmediate(more);
    };
    more();
    return;
  }
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(body);
  });
});
// Ends with the process that started it.
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

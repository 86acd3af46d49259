import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Place } from './place.ts';
import { Running } from './running.ts';

/**
 * Runs the example behind Lambda's runtime interface, and freezes the process between invocations
 * while Redis closes its connections: each response comes after its log lines, and each invocation
 * succeeds.
 */
export async function useLambda({ folder, env, node }: Place): Promise<void> {
  const waiting: ServerResponse[] = [];
  let answered: (body: string) => void = () => undefined;
  const api = createServer(async (request, response) => {
    if (request.method === 'GET') {
      waiting.push(response);
      api.emit('next');
      return;
    }
    answered(await text(request));
    response.writeHead(202).end();
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { port } = api.address() as AddressInfo;
  using sandbox = new Running(node, ['lambda-runtime.mjs'], {
    cwd: folder,
    env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
  });
  try {
    for (const id of ['1', '2', '3']) {
      while (waiting.length === 0) await once(api, 'next', { signal: AbortSignal.timeout(60_000) });
      const answer = new Promise<string>((resolve, reject) => {
        answered = resolve;
        sandbox.child.once('close', () => reject(sandbox.failure('it ended')));
      });
      sandbox.child.kill('SIGCONT');
      const headers = { 'lambda-runtime-aws-request-id': id };
      waiting.shift()?.writeHead(200, headers).end(JSON.stringify({ id }));
      if ((await answer) !== JSON.stringify({ id })) throw sandbox.failure(await answer);
      while (waiting.length === 0) await once(api, 'next', { signal: AbortSignal.timeout(60_000) });
      sandbox.child.kill('SIGSTOP');
      // A frozen process writes nothing: what is read from now on was written before.
      await sandbox.prints(`"id":"${id}"`);
      await closeConnections(env['REDIS_URL'] ?? '');
    }
    sandbox.child.kill('SIGCONT');
    // The runtime's own request for the next event is open, as in Lambda: it ends with the process.
    await sandbox.end();
  } finally {
    api.closeAllConnections();
    api.close();
  }
}

async function closeConnections(redisUrl: string): Promise<void> {
  const { hostname, port } = new URL(redisUrl);
  const socket = connect(Number(port), hostname);
  socket.write('CLIENT KILL TYPE normal\r\nQUIT\r\n');
  socket.resume();
  await once(socket, 'close');
}

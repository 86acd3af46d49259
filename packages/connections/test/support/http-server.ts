import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Server as TcpServer } from 'node:net';

/** A server on loopback that does what a test says. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly server: Server | TcpServer;
}

export async function serve(listener: RequestListener): Promise<TestServer> {
  return await listening(createServer(listener));
}

/** A proxy that notes what it was asked for. */
export async function serveProxy(seen: string[]): Promise<TestServer> {
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    response.end('by proxy');
  });
  server.on('connect', (request, client, head) => {
    seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    if (request.headers['proxy-authorization'] === undefined) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host, port] = String(request.url).split(':');
    const upstream = connect(Number(port), host ?? '', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  return await listening(server);
}

export async function listening(
  server: Server | TcpServer,
  host = '127.0.0.1',
): Promise<TestServer> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    server,
    async [Symbol.asyncDispose]() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

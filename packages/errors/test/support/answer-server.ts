import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The behaviour of the server for a request. */
export type Answer = (response: ServerResponse) => void;

/** A loopback server that gives every request the same answer. */
export interface AnswerServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server on a free loopback port. */
export async function startAnswerServer(answer: Answer): Promise<AnswerServer> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
    response.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with a status and JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers with a status and any text. */
export function text(status: number, body: string, type = 'text/html'): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };
}

/** Never answers. */
export const silence: Answer = () => {};

/** Resets the connection instead of an answer. */
export const reset: Answer = (response) => {
  response.socket?.resetAndDestroy();
};

/** Begins an answer of server-sent events and breaks it off. */
export function brokenStream(...events: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events.map((event) => `${event}\n\n`).join(''));
    setTimeout(() => response.socket?.resetAndDestroy(), 30);
  };
}

/** Gives a whole answer of server-sent events. */
export function stream(...events: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((event) => `${event}\n\n`).join(''));
  };
}

/** Promises more JSON than it sends. */
export const cutJson: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id":');
  setTimeout(() => response.socket?.destroy(), 30);
};

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that may be open at the same time. */
const MAX_CONNECTIONS = 256;
/** Of these, those that idle connections keep even if all others have requests in flight. */
const MIN_IDLE = 64;
/** Requests in flight that one connection may have; scrapers have one, and wait for its response. */
const MAX_PIPELINED = 32;

/**
 * The open connections of a server.
 *
 * When one more than the limit is opened, the connection that has been idle for longest is closed,
 * so that clients that hold connections open cannot keep others from `/health`. Idle is every
 * connection without a request in flight, also one that has not sent a whole request yet. If nearly
 * all have requests in flight, the oldest request is cut off instead: the few idle connections are
 * those that are about to send one.
 *
 * A connection that sends many requests without reading the responses is closed, so that the rest of
 * them is not even parsed.
 */
export class Connections {
  /**
   * Those that became idle first come first. The key is the remote address and port, because over
   * TLS a request has another socket than the server's `connection` event.
   */
  readonly #open = new Map<string, Connection>();
  #isClosing = false;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => this.#opened(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#began(keyOf(request.socket), response);
    });
  }

  /** Closes idle connections now, and the others after their response. */
  close(): void {
    this.#isClosing = true;
    for (const { socket, requests } of this.#open.values()) if (requests === 0) socket.destroy();
  }

  /** Closes all connections now. */
  destroy(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #opened(socket: Socket): void {
    // An open connection must not keep the process alive.
    socket.unref();
    if (this.#open.size >= MAX_CONNECTIONS) this.#evict();
    const key = keyOf(socket);
    const connection = { socket, requests: 0 };
    this.#open.set(key, connection);
    socket.once('close', () => {
      if (this.#open.get(key) === connection) this.#open.delete(key);
    });
  }

  #evict(): void {
    const connections = [...this.#open];
    const idle = connections.filter(([, { requests }]) => requests === 0);
    const busy = connections.find(([, { requests }]) => requests > 0);
    const oldest = idle.length > MIN_IDLE ? idle[0] : (busy ?? idle[0]);
    if (oldest === undefined) return;
    const [key, { socket }] = oldest;
    this.#open.delete(key);
    socket.destroy();
  }

  #began(key: string, response: ServerResponse): void {
    const connection = this.#open.get(key);
    if (connection === undefined) return;
    if (++connection.requests > MAX_PIPELINED) connection.socket.destroy();
    response.once('close', () => {
      if (--connection.requests > 0 || !this.#open.delete(key)) return;
      if (this.#isClosing) connection.socket.end();
      this.#open.set(key, connection);
    });
  }
}

/** One open connection. */
interface Connection {
  readonly socket: Socket;
  /** Requests in flight; pipelining allows several. */
  requests: number;
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

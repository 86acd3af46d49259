import { connect, createServer, type Socket } from 'node:net';

/** The effects of the proxy on the bytes that pass. */
export interface Fault {
  /** Delay of every chunk in both directions, in milliseconds. */
  latencyMs?: number;
  /** Accept connections and swallow what comes: no response ever comes. */
  blackhole?: boolean;
  /** Refuse new connections by closing them at once with a reset. */
  refuse?: boolean;
  /** Reset a connection once this many bytes of answers went through it. */
  cutAfterBytes?: number;
  /** Pass answers on in pieces of this many bytes. */
  pieceBytes?: number;
}

/** A TCP proxy on loopback between a client and a real server, whose faults can be switched. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections open at this moment. */
  readonly connections: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Bytes that a black hole has taken in so far. */
  readonly swallowedBytes: number;
  /** Replaces the faults in force, for connections already open too; `{}` heals. */
  set(fault: Fault): void;
  /** Resets every open connection. */
  cut(): void;
  stop(): Promise<void>;
}

/**
 * Starts a TCP proxy on a free loopback port.
 *
 * @param target - the real server
 * @param fault - the faults in force from the start
 * @returns the proxy, listening
 */
export async function startFaultProxy(
  target: { port: number; host?: string },
  fault: Fault = {},
): Promise<FaultProxy> {
  let current = fault;
  let accepted = 0;
  let swallowedBytes = 0;
  const open = new Set<Socket>();

  const server = createServer((client) => {
    accepted += 1;
    client.on('error', () => client.destroy());
    if (current.refuse) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    upstream.on('error', () => client.resetAndDestroy());
    open.add(client);
    client.once('close', () => {
      open.delete(client);
      upstream.destroy();
    });
    let answered = 0;
    pump(client, upstream, () => {});
    pump(upstream, client, (bytes) => {
      answered += bytes;
      if (current.cutAfterBytes !== undefined && answered >= current.cutAfterBytes) {
        client.resetAndDestroy();
      }
    });
  });

  function pump(from: Socket, to: Socket, count: (bytes: number) => void): void {
    // A chain, so that delayed chunks keep their order and the end comes last.
    let last: Promise<void> = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      last = last.then(async () => {
        if (current.latencyMs) await sleep(current.latencyMs);
        if (current.blackhole) swallowedBytes += chunk.length;
        if (current.blackhole || to.destroyed) return;
        const size = current.pieceBytes ?? chunk.length;
        for (let start = 0; start < chunk.length; start += size) {
          to.write(chunk.subarray(start, start + size));
          if (current.pieceBytes) await sleep(0);
        }
        count(chunk.length);
      });
    });
    from.once('end', () => {
      last = last.then(() => {
        to.end();
      });
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the proxy has no port');
  const cut = (): void => {
    for (const client of open) client.resetAndDestroy();
  };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cut();
    });
  return {
    port: address.port,
    get connections() {
      return open.size;
    },
    get accepted() {
      return accepted;
    },
    get swallowedBytes() {
      return swallowedBytes;
    },
    set: (next) => {
      current = next;
    },
    cut,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

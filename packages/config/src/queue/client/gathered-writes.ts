// One write to the socket for all commands that follow from one read.
//
// ioredis writes each command by itself, and each write is a system call: an eighth of the CPU of a
// busy queue. One read brings the replies of many commands, and the code that waits for them sends
// the next commands before the event loop continues. So a socket that has read something is corked
// until that code has run.
//
// The option `Connector` of ioredis makes the sockets:
// https://github.com/redis/ioredis/blob/main/examples/custom_connector.js

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import type { Ioredis } from './libraries.ts';

/** The message of ioredis for a client that was closed before it had a socket. */
const CLOSED = 'Connection is closed.';

type Connector = NonNullable<RedisOptions['Connector']>;

/**
 * Returns the option `Connector` of a client that gathers its writes.
 *
 * @param ioredis The library.
 * @param hasSentinels Whether sentinels name the server.
 */
export function gatheringConnector(ioredis: Ioredis, hasSentinels: boolean): Connector {
  const made = hasSentinels ? sentinelConnector(ioredis) : directConnector(ioredis);
  return made as unknown as Connector;
}

function sentinelConnector({ SentinelConnector }: Ioredis) {
  return class extends SentinelConnector {
    override async connect(
      ...given: Parameters<InstanceType<Ioredis['SentinelConnector']>['connect']>
    ): Promise<Socket> {
      return gatherWrites(await super.connect(...given));
    }
  };
}

/** Makes a class that does the work of ioredis' connector for one server, which is not exported. */
function directConnector({ AbstractConnector }: Ioredis) {
  return class extends AbstractConnector {
    readonly #options: RedisOptions;

    constructor(options: RedisOptions) {
      super(options.disconnectTimeout ?? 0);
      this.#options = options;
    }

    override async connect(): Promise<Socket> {
      this.connecting = true;
      // ioredis' own waits too: a client may be closed where it is made.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (!this.connecting) throw new Error(CLOSED);
      const socket = open(this.#options);
      this.stream = socket;
      socket.once('error', (error) => {
        this.firstError = error;
      });
      return gatherWrites(socket);
    }
  };
}

function open({ host, port, family, path, tls }: RedisOptions): Socket {
  const place = path ? { path } : { host, port, family };
  return tls === undefined ? connect(place as never) : connectTls({ ...place, ...tls } as never);
}

/**
 * Sends what is written in response to data in one write, once all promises have run that the data
 * has settled.
 *
 * @param socket Any socket.
 * @returns The socket.
 */
export function gatherWrites(socket: Socket): Socket {
  const uncork = () => socket.uncork();
  socket.on('data', () => {
    if (socket.writableCorked > 0) return;
    socket.cork();
    // A tick that is asked for by a promise runs after all promises.
    queueMicrotask(() => process.nextTick(uncork));
  });
  return socket;
}

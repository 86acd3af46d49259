import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from './certificate.ts';
import { freePort } from './port.ts';
import { provideRedis, redisCommand } from './redis-program.ts';
import { ServerProcess } from './server-process.ts';

export interface RedisOptions {
  /** The port on loopback; a free one by default. */
  port?: number;
  /** Password of the default user. */
  password?: string;
  /** ACL rules, one user each: `alice on >secret ~app:* +@all`. */
  users?: string[];
  /** Further lines of redis.conf: `['maxclients 10', 'proto-max-bulk-len 1mb']`. */
  config?: string[];
  /** Follow this primary. */
  replicaOf?: { port: number; password?: string };
  /** Run as a cluster of one node that owns every slot. */
  cluster?: boolean;
  /** Speak TLS only, with a certificate made for this server. */
  tls?: boolean;
}

/** A private Redis, Valkey or KeyDB on loopback that ends with this process. */
export interface RedisServer extends AsyncDisposable {
  /** `redis://` or `rediss://`, with the password where there is one. */
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly password: string | undefined;
  /** Its own certificate, to be trusted by clients, where `tls` is on. */
  readonly certificate: Certificate | undefined;
  /** Of its process, or of the command that runs its container. */
  readonly pid: number;
  readonly running: boolean;
  readonly log: string;
  /** Ends the server without a goodbye (SIGKILL), or by another signal. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Freezes the process: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /** Starts a new, empty server on the same port, after `kill`. */
  restart(): Promise<void>;
  /** Sends one command over a plain connection and returns the raw reply. */
  command(...words: string[]): Promise<string>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a private redis-server on a free loopback port.
 *
 * @param options - password, users, lines of configuration, replication, cluster, TLS
 * @returns the server, answering
 * @throws Error that says what to install where there is no redis-server available
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = await provideRedis();
  let port = options.port ?? (await freePort());
  let certificate: Certificate | undefined;

  const launch = async (): Promise<ServerProcess> => {
    const directory = await mkdtemp(join(tmpdir(), 'map-redis-'));
    if (options.tls) certificate = await makeCertificate(directory);
    return ServerProcess.start({
      ...redisCommand(program, directory, port, argumentsFor(options, port, certificate)),
      directory,
      isReady: (log) => log.includes('Ready to accept connections'),
    });
  };

  let server = await launch().catch(async (error: Error) => {
    if (options.port !== undefined || !error.message.includes('Address already in use')) {
      throw error;
    }
    // Another process took the port between the question and the start.
    port = await freePort();
    return launch();
  });

  const command = (...words: string[]): Promise<string> => send(port, options.password, words);
  const prepare = async (): Promise<void> => {
    if (!options.cluster) return;
    await command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await command('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await prepare();

  const stop = (): Promise<void> => server.stop();
  const secret = options.password ? `:${encodeURIComponent(options.password)}@` : '';
  return {
    url: `${options.tls ? 'rediss' : 'redis'}://${secret}127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    password: options.password,
    get certificate() {
      return certificate;
    },
    get pid() {
      return server.pid;
    },
    get running() {
      return server.running;
    },
    get log() {
      return server.log;
    },
    kill: (signal) => server.kill(signal),
    pause: () => {
      server.signal('SIGSTOP');
    },
    resume: () => {
      server.signal('SIGCONT');
    },
    restart: async () => {
      await server.stop();
      server = await launch();
      await prepare();
    },
    command,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function argumentsFor(
  options: RedisOptions,
  port: number,
  certificate: Certificate | undefined,
): string[] {
  const lines = [
    certificate ? 'port 0' : `port ${port}`,
    'bind 127.0.0.1',
    'save ""',
    'appendonly no',
    'daemonize no',
    'repl-diskless-sync-delay 0',
    ...(certificate
      ? [
          `tls-port ${port}`,
          `tls-cert-file ${certificate.certFile}`,
          `tls-key-file ${certificate.keyFile}`,
          `tls-ca-cert-file ${certificate.certFile}`,
          'tls-auth-clients no',
        ]
      : []),
    ...(options.password ? [`requirepass ${options.password}`] : []),
    ...(options.users ?? []).map((rule) => `user ${rule}`),
    ...(options.replicaOf ? [`replicaof 127.0.0.1 ${options.replicaOf.port}`] : []),
    ...(options.replicaOf?.password ? [`masterauth ${options.replicaOf.password}`] : []),
    ...(options.cluster ? ['cluster-enabled yes'] : []),
    ...(options.config ?? []),
  ];
  return lines.flatMap((line) => {
    const [name = '', ...words] = line.split(' ');
    return [`--${name}`, ...words.map((word) => (word === '""' ? '' : word))];
  });
}

function send(port: number, password: string | undefined, words: string[]): Promise<string> {
  const commands = password === undefined ? [words] : [['AUTH', password], words];
  return new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.setTimeout(20_000, () => socket.destroy(new Error('redis-server does not answer')));
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      reply += chunk.toString();
    });
    socket.once('end', () =>
      resolve(password === undefined ? reply : reply.replace(/^.*\r\n/, '')),
    );
    for (const command of commands) socket.write(encode(command));
    // The server closes after QUIT, so the reply is whole at the end of the stream.
    socket.write(encode(['QUIT']));
  }).then((reply) => reply.replace(/\+OK\r\n$/, ''));
}

function encode(words: string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join('')}`;
}

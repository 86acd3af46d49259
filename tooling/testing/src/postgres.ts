import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './port.ts';
import { provide } from './provision.ts';
import { ServerProcess } from './server-process.ts';

export interface PostgresOptions {
  /** Settings of postgresql.conf: `{ max_connections: '10' }`. */
  config?: Record<string, string>;
}

/** A private PostgreSQL on loopback that ends with this process. */
export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'postgres';
  readonly database: 'postgres';
  readonly pid: number;
  readonly log: string;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Freezes the postmaster: connections that are open continue, new ones are not answered. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const folders = [
  '/usr/lib/postgresql/*/bin',
  '/usr/libexec/postgresql',
  '/opt/homebrew/opt/postgresql@17/bin',
  '/usr/local/opt/postgresql@17/bin',
];
const packages = ['postgresql-15', 'postgresql-client-15', 'libpq5', 'libllvm14', 'libicu72'];
const install = {
  debian: 'postgresql',
  fedora: 'postgresql-server',
  arch: 'postgresql',
  alpine: 'postgresql',
  macos: 'postgresql@17',
};
// PostgreSQL refuses to run as root; this is the account that owns nothing.
const nobody = 65534;

/**
 * Starts a private PostgreSQL with a fresh database, trusting every client on loopback.
 *
 * @param options - further settings of the server
 * @returns the server, answering
 * @throws Error that says what to install where there is no PostgreSQL available
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const initdb = await provide({ name: 'initdb', packages, folders, install });
  const postgres = await provide({ name: 'postgres', packages, folders, install });
  const directory = await mkdtemp(join(tmpdir(), 'map-postgres-'));
  await chmod(directory, 0o700);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(directory, nobody, nobody);
  const asUser = (path: string, args: string[]): { command: string; args: string[] } =>
    isRoot
      ? {
          command: 'setpriv',
          args: [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', path, ...args],
        }
      : { command: path, args };

  const data = join(directory, 'data');
  const init = asUser(initdb.path, [
    ...['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8'],
    '--locale=C.UTF-8',
  ]);
  await promisify(execFile)(init.command, init.args, {
    cwd: directory,
    env: { PATH: `${dirname(initdb.path)}:${process.env['PATH']}`, LANG: 'C.UTF-8', ...initdb.env },
  });

  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
    ...options.config,
  };
  const server = await ServerProcess.start({
    ...asUser(postgres.path, [
      ...['-D', data, '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]),
    env: postgres.env,
    directory,
    isReady: (log) => log.includes('database system is ready to accept connections'),
  });
  const stop = (): Promise<void> => server.stop();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    get pid() {
      return server.pid;
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
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

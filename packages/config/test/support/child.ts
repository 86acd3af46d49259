import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a child process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node process that runs a TypeScript file of this package. */
export interface Child {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Complete lines of standard output so far that are JSON objects. */
  readonly records: Record<string, unknown>[];
  readonly ended: Promise<ChildEnd>;
  /** Resolves with the match as soon as the output shows it. */
  waitFor(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal: NodeJS.Signals): void;
  write(text: string): void;
}

/** A busy machine is not a failing server: limits that no test here is about. */
export const PATIENT: Readonly<Record<string, string>> = {
  REDIS_CONNECT_TIMEOUT: '50s',
  REDIS_COMMAND_TIMEOUT: '50s',
  REDIS_ACQUIRE_TIMEOUT: '50s',
  HTTP_TIMEOUT: '50s',
  HTTP_CONNECT_TIMEOUT: '50s',
  SHUTDOWN_TIMEOUT: '50s',
};

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * Runs a file of this package in a separate process, from source.
 *
 * @param file Path from the package's folder.
 * @param options Environment (only PATH and the compile cache are inherited; limits are long), arguments, working folder.
 * @returns The process.
 */
export function runChild(
  file: string,
  options: {
    env?: Record<string, string>;
    args?: readonly string[];
    nodeArgs?: readonly string[];
    cwd?: string;
  } = {},
): Child {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      '--conditions=@map/source',
      '--no-warnings',
      ...(options.nodeArgs ?? []),
      path,
      ...(options.args ?? []),
    ],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
        HOME: '/nonexistent',
        ...PATIENT,
        ...options.env,
      },
      cwd: options.cwd ?? fileURLToPath(new URL('../fixtures', import.meta.url)),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  children.add(child);
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of [...waiting]) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of [...waiting]) look();
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child);
    for (const look of [...waiting]) look();
    return { code, signal } as ChildEnd;
  });
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    get records() {
      return stdout
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    ended,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = `${stdout}\n${stderr}`.match(pattern);
          if (match !== null) resolve(match);
          else if (children.has(child)) return;
          else reject(new Error(`It ended without ${pattern}:\n${stdout}\n${stderr}`));
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    kill: (signal) => {
      child.kill(signal);
    },
    write: (text) => {
      child.stdin.write(text);
    },
  };
}

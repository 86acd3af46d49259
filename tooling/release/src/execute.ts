import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readManifest, repository } from './packages.ts';

export interface ExecuteOptions {
  cwd: string;
  env?: Record<string, string | undefined>;
  /** The time limit, in milliseconds. */
  timeoutMs?: number;
}

/** How a command ended and what it printed, both streams in one. */
export interface Executed {
  exitCode: number;
  output: string;
}

/**
 * Runs a command and waits for its end.
 *
 * @param command - the program
 * @param args - its arguments
 * @param options - folder, environment, limit
 * @returns exit code and output; a failure is a result
 */
export function execute(
  command: string,
  args: string[],
  options: ExecuteOptions,
): Promise<Executed> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 900_000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ exitCode: 127, output: error.message }));
    child.once('close', (code, signal) => {
      if (signal) output += `\nended by ${signal}`;
      resolve({ exitCode: code ?? 1, output });
    });
  });
}

/**
 * Runs a command that has to succeed.
 *
 * @returns its output
 * @throws Error with the end of its output where it fails
 */
export async function must(
  command: string,
  args: string[],
  options: ExecuteOptions,
): Promise<string> {
  const { exitCode, output } = await execute(command, args, options);
  if (exitCode === 0) return output;
  const end = output.trim().split('\n').slice(-40).join('\n');
  throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${end}`);
}

const { packageManager = 'pnpm' } = readManifest(repository);

/** How to call pnpm: from PATH, as in a script that pnpm runs, else the exact version through npx. */
export const pnpm: readonly [string, ...string[]] = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'pnpm')))
  ? ['pnpm']
  : ['npx', '-y', packageManager];

export function runPnpm(args: string[], options: ExecuteOptions): Promise<string> {
  const [command, ...before] = pnpm;
  return must(command, [...before, ...args], options);
}

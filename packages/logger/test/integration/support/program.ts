import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LoggingOptions } from '../../../src/index.ts';

const APP = join(import.meta.dirname, 'app.ts');

/** The result of a program. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  /** Reads standard output so many bytes at a time, with a pause after each. */
  readonly slowly?: boolean;
  /** Closes standard output: before its first byte, or after some. */
  readonly hangUp?: 'at once' | 'in time';
  readonly lines?: number;
}

/** Starts the program with its logging options. */
export function start(ending: string, options: LoggingOptions, lines = 10_000): ChildProcess {
  const args = ['--conditions=@map/source', APP, ending, JSON.stringify(options)];
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      LINES: String(lines),
    },
  });
}

/** Runs the program to its end. */
export async function run(
  ending: string,
  options: LoggingOptions,
  { slowly = false, hangUp, lines = 10_000 }: RunOptions = {},
): Promise<Outcome> {
  const child = start(ending, options, lines);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (hangUp === 'in time') child.stdout?.destroy();
    if (!slowly) return;
    child.stdout?.pause();
    setTimeout(() => child.stdout?.resume(), 10);
  });
  if (hangUp === 'at once') child.stdout?.destroy();
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

/** The lines that a logger wrote, and how many were torn. */
export function linesOf(text: string): { indexes: number[]; others: string[]; torn: number } {
  const indexes: number[] = [];
  const others: string[] = [];
  let torn = text === '' || text.endsWith('\n') ? 0 : 1;
  for (const line of text.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) {
      others.push(line);
      continue;
    }
    try {
      const { index, message } = JSON.parse(line) as { index?: number; message: string };
      if (index === undefined) others.push(message);
      else indexes.push(index);
    } catch {
      torn += 1;
    }
  }
  return { indexes, others, torn };
}

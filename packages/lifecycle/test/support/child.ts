import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A Node process that runs a fixture of this package from source, with a channel for messages. */
export interface Child {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
  /** Resolves as soon as the output contains the text; rejects if the process ends without it. */
  waitFor(text: string): Promise<void>;
}

/**
 * Starts a fixture.
 *
 * @param name Name of the file without extension.
 * @param args Its command line.
 */
export function start(name: string, ...args: string[]): Child {
  const path = fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
  const child = fork(path, args, {
    execArgv: ['--conditions=@map/source', '--no-warnings'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const look of [...waiting]) look();
    });
  }
  let closed = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    closed = true;
    for (const look of [...waiting]) look();
    return { code, signal, output };
  });
  return {
    process: child,
    output: () => output,
    ended,
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve();
          else if (closed) reject(new Error(`It ended without "${text}": ${output}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}

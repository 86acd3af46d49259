import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const LIMIT_MS = 120_000;

/** A process that a trial started, with what it has printed. */
export class Running {
  readonly child: ChildProcess;
  output = '';
  readonly #closed: Promise<unknown>;

  constructor(
    command: string,
    args: readonly string[],
    options: { cwd: string; env: Record<string, string | undefined> },
  ) {
    this.child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    this.#closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  count(text: string): number {
    return this.output.split(text).length - 1;
  }

  /** Waits until it has printed a string so often. */
  async prints(text: string, times = 1): Promise<void> {
    await until(`${times} × ${JSON.stringify(text)}`, async () => {
      if (this.count(text) >= times) return true;
      if (this.child.exitCode !== null) throw this.failure(`it ended without ${text}`);
      return false;
    }).catch((error: Error) => {
      throw this.failure(error.message);
    });
  }

  /** Ends it by a signal; it must exit with 0. */
  async end(signal: NodeJS.Signals = 'SIGTERM', pid: number = this.child.pid ?? 0): Promise<void> {
    process.kill(pid, signal);
    await this.#closed;
    const { exitCode, signalCode } = this.child;
    if (exitCode !== 0) throw this.failure(`exit ${exitCode ?? signalCode}`);
  }

  failure(what: string): Error {
    return new Error(`${what}:\n${this.output.split('\n').slice(-20).join('\n')}`);
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL');
  }
}

/** Asks again and again until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`no ${what} within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Script } from './define-bench.ts';
import type { Answer, Request } from './worker.ts';

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));
const meter = fileURLToPath(new URL('./meter.cjs', import.meta.url));

/** A process that works on one bench file. */
export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #complaints: () => string;

  /** @param quick - whether the bench only has to show that it runs */
  constructor(quick: boolean) {
    this.#child = fork(worker, [], {
      execArgv: ['--conditions=@map/source', '--expose-gc', '--no-warnings'],
      env: { ...process.env, MAP_BENCH_QUICK: quick ? '1' : '0' },
      // The output of benches (loggers print) is discarded; complaints are kept.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#complaints = collect(this.#child, 'stderr');
  }

  /**
   * Asks it to do one thing. It ends by itself after an error, and after the last request.
   *
   * @param request - what to do
   * @returns its answer
   * @throws Error with the process's own words where it failed
   */
  async ask<T extends Answer>(request: Request): Promise<T> {
    const reply = await new Promise<Answer>((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null): void =>
        resolve({ error: `ended with ${signal ?? code}\n${this.#complaints().slice(-4000)}` });
      this.#child.once('message', (message: Answer) => {
        this.#child.off('exit', ended);
        resolve(message);
      });
      this.#child.once('exit', ended);
      this.#child.send(request);
    });
    if ('error' in reply) throw new Error(reply.error);
    return reply as T;
  }

  /** Ends it, should it still run. */
  kill(): void {
    this.#child.kill();
  }
}

/** One process from its start to its end. */
export interface Run {
  wallNs: number;
  maxRssBytes: number;
  cpuMs: number;
  stdout: string;
}

/**
 * Runs a script in a separate process and measures the whole of it.
 *
 * @param script - the script and its arguments
 * @returns wall time, memory, CPU time and output
 * @throws Error where it does not end with 0
 */
export async function runScript(script: Script, quick: boolean): Promise<Run> {
  const path = script.script instanceof URL ? fileURLToPath(script.script) : script.script;
  const startedAt = process.hrtime.bigint();
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--require', meter].concat(script.nodeArgs ?? [], path, script.args ?? []),
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, MAP_BENCH_QUICK: quick ? '1' : '0', ...script.env },
    },
  );
  const stdout = collect(child, 'stdout');
  const stderr = collect(child, 'stderr');
  let metered = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    metered += chunk.toString();
  });
  let endedAt = startedAt;
  child.once('exit', () => {
    endedAt = process.hrtime.bigint();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${path} ended with ${code}\n${stderr().slice(-4000)}`);
  const usage = JSON.parse(metered || '{}') as { maxRssBytes?: number; cpuMs?: number };
  return {
    wallNs: Number(endedAt - startedAt),
    maxRssBytes: usage.maxRssBytes ?? Number.NaN,
    cpuMs: usage.cpuMs ?? Number.NaN,
    stdout: stdout(),
  };
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  let text = '';
  child[stream]?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

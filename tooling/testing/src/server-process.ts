import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';

/** The options to start a server and to detect that it runs. */
export interface ServerProcessOptions {
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Delivers a signal to a server that is not the process itself, such as one in a container. */
  sendSignal?: (signal: NodeJS.Signals) => void;
  /** A command that removes what may be left of such a server. */
  end?: string[];
  /** The server's private folder: its working directory, removed at the end. */
  directory: string;
  /** Whether the server answers; asked again and again until it does. */
  isReady: (log: string) => boolean | Promise<boolean>;
  /** How long the start may take, in milliseconds. */
  timeoutMs?: number;
}

// Reads the server's pid, then waits. A line means that the server was ended in good order; the
// end of input without one means that the test's process is gone, however it went.
const watchdogScript = `
  folder=$1; shift; read -r pid
  read -r bye || kill -s KILL -- "-$pid"
  [ $# -eq 0 ] || "$@"
  rm -rf -- "$folder"
`;

/**
 * A server in a separate process that never outlives the process that started it, even when
 * that one is killed outright: a small shell waits at the other end of a pipe.
 */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  readonly #watchdog: ChildProcess;
  #child: ChildProcess;
  #log = '';

  private constructor(options: ServerProcessOptions) {
    this.#options = options;
    const watched = [options.directory, ...(options.end ?? [])];
    this.#watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', ...watched], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#watchdog.stdin?.on('error', () => {});
    this.#watchdog.unref();
    (this.#watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    this.#child = this.#spawn();
    this.#watchdog.stdin?.write(`${this.#child.pid ?? 0}\n`);
  }

  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    try {
      await server.#ready();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The output of the server so far. */
  get log(): string {
    return this.#log;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal; resolves at once for signals that do not end a process, else at its end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    this.signal(signal);
    if (['SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'].includes(signal)) return;
    await this.#ended();
  }

  /** Delivers a signal and does not wait for what it does. */
  signal(signal: NodeJS.Signals): void {
    const send = this.#options.sendSignal ?? (() => this.#child.kill(signal));
    try {
      send(signal);
    } catch {
      // There is nothing in the container yet, or no more: the command itself is what is left.
      this.#child.kill(signal);
    }
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.kill('SIGKILL');
    if (this.#watchdog.exitCode === null && this.#watchdog.signalCode === null) {
      this.#watchdog.ref();
      const gone = once(this.#watchdog, 'exit');
      this.#watchdog.stdin?.end('bye\n');
      await gone;
    }
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const { command, args, env, directory } = this.#options;
    const child = spawn(command, args, {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const keep = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString()).slice(-64 * 1024);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => {
      this.#log += `${error.message}\n`;
    });
    child.unref();
    for (const stream of [child.stdout, child.stderr]) {
      (stream as unknown as { unref?: () => void } | null)?.unref?.();
    }
    return child;
  }

  async #ended(): Promise<void> {
    if (!this.running) return;
    this.#child.ref();
    await once(this.#child, 'exit');
  }

  async #ready(): Promise<void> {
    const { command, isReady, timeoutMs = 50_000 } = this.#options;
    const deadline = Date.now() + timeoutMs;
    while (this.#child.pid !== undefined && this.running && Date.now() < deadline) {
      if (await isReady(this.#log)) return;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    const why = Date.now() < deadline ? 'ended at once' : `did not answer within ${timeoutMs} ms`;
    throw new Error(`${command} ${why}:\n${this.#log.trim().split('\n').slice(-12).join('\n')}`);
  }
}

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { withDeadline } from '@map/lifecycle';
import { toErrorText } from '../support/error-text.ts';

/** What a probe found. */
export interface ProbeReport {
  /** What was tried, such as `redis`. */
  readonly name: string;
  /** Where, without credentials. */
  readonly target: string;
  /** `warning` works, but not as it should. */
  readonly verdict: 'ok' | 'warning' | 'failed';
  /** Time in milliseconds. */
  readonly duration_ms: number;
  /** What was seen. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What is seen when a probe does not throw. */
export interface Finding {
  readonly message: string;
  readonly verdict?: 'ok' | 'warning';
  readonly remedy?: string;
}

/** One thing to try out. */
export interface Probe {
  readonly name: string;
  readonly target: string;
  /** Tries it; what it throws is the failure. */
  readonly run: (signal: AbortSignal) => Promise<Finding>;
  /** What to do when it fails. */
  readonly remedy: (error: unknown) => string;
}

/** Runs one probe within a limit; never throws. */
export async function runProbe(probe: Probe, timeoutMs: number): Promise<ProbeReport> {
  const { name, target } = probe;
  const startedAt = performance.now();
  const duration = () => Math.round((performance.now() - startedAt) * 10) / 10;
  try {
    const found = await withDeadline(probe.run, { timeoutMs, what: name });
    return { name, target, verdict: 'ok', duration_ms: duration(), ...found };
  } catch (error) {
    return {
      name,
      target,
      verdict: 'failed',
      duration_ms: duration(),
      message: toErrorText(error),
      remedy: probe.remedy(error),
    };
  }
}

/** Tries whether a port can be listened on. */
export function portProbe(host: string, port: number): Probe {
  return {
    name: 'metrics port',
    target: `${host}:${port}`,
    run: async () => {
      await new Promise<void>((done, fail) => {
        const server = createServer();
        server.once('error', fail);
        server.listen({ host, port, exclusive: true }, () => server.close(() => done()));
      });
      return { message: 'The port is free.' };
    },
    remedy: (error) => {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EADDRINUSE') {
        return `End what listens on ${port}, or set METRICS_PORT to another port.`;
      }
      if (code === 'EACCES') return 'Set METRICS_PORT to 1024 or more.';
      return 'Set METRICS_HOST to an address of this machine, such as 127.0.0.1.';
    },
  };
}

/** Tries whether a log file can be written, without creating or changing it. */
export function logFileProbe(path: string): Probe {
  const file = resolve(path);
  return {
    name: 'log file',
    target: file,
    run: async () => {
      const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (found?.isDirectory()) {
        throw Object.assign(new Error('It is a folder.'), { code: 'EISDIR' });
      }
      if (found !== undefined) {
        await access(file, constants.W_OK);
        return { message: `The file can be written; it has ${found.size} bytes.` };
      }
      await access(dirname(file), constants.W_OK | constants.X_OK);
      return { message: 'The file does not exist yet; its folder can be written.' };
    },
    remedy: (error) => {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EISDIR') return 'Set LOG_FILE to a file in that folder.';
      if (code === 'ENOENT') return `Create the folder ${dirname(file)}, or change LOG_FILE.`;
      return `Give this user the right to write ${file}, or change LOG_FILE.`;
    },
  };
}

import { createServer } from 'node:net';
import { withDeadline } from '@map/lifecycle';
import { toErrorText } from '../support/error-text.ts';

/** Result of a probe. */
export interface ProbeReport {
  /** The tested part, such as `redis`. */
  readonly name: string;
  /** Its address, without credentials. */
  readonly target: string;
  /** `warning`: it works, but not as it should. */
  readonly verdict: 'ok' | 'warning' | 'failed';
  /** Time in milliseconds. */
  readonly duration_ms: number;
  /** The result. */
  readonly message: string;
  /** The remedy. */
  readonly remedy?: string;
}

/** The result of a probe that does not throw. */
export interface Finding {
  readonly message: string;
  readonly verdict?: 'ok' | 'warning';
  readonly remedy?: string;
  /** Its own measurement, if the time of the whole probe would mislead. */
  readonly duration_ms?: number;
}

/** One thing to test. */
export interface Probe {
  readonly name: string;
  readonly target: string;
  /** Runs the test; throws if it fails. */
  readonly run: (signal: AbortSignal) => Promise<Finding>;
  /** The remedy for a failure. */
  readonly remedy: (error: unknown) => string;
}

/** Runs one probe within a time limit; never throws. */
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

/** Tests whether a server could listen on a port. */
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
        return `Stop the process that listens on ${port}, or set METRICS_PORT to another port.`;
      }
      if (code === 'EACCES') return 'Set METRICS_PORT to 1024 or higher.';
      return 'Set METRICS_HOST to an address of this machine, such as 127.0.0.1.';
    },
  };
}

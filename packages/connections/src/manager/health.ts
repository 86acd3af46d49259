import { redactText } from '@map/redaction';
import type { Connection, ConnectionStats } from '../core/connection.ts';
import { codedError } from '../core/errors.ts';
import type { ConnectionKind } from '../core/observer.ts';

/** A status in the words of `application/health+json`. */
export type HealthStatus = 'pass' | 'warn' | 'fail';

/** Whether one connection works. */
export interface ConnectionHealth {
  readonly kind: ConnectionKind;
  /** `warn`: it works, but callers wait for a lease, or a circuit is open. */
  readonly status: HealthStatus;
  /** Whether the server was checked; false for a connection that was never used. */
  readonly checked: boolean;
  readonly latencyMs?: number;
  /** Error code of a failed check. */
  readonly errorType?: string;
  readonly message?: string;
}

/** The result of a health check. */
export interface HealthReport {
  /** The worst status of all connections. */
  readonly status: HealthStatus;
  readonly connections: Readonly<Record<string, ConnectionHealth>>;
}

/**
 * Checks connections, all at once.
 *
 * @param timeoutMs - Limit for each, in milliseconds.
 * @param open - Whether connections that were never used are opened and checked too.
 */
export async function examineAll(
  connections: readonly [string, Connection][],
  timeoutMs: number,
  open: boolean,
): Promise<HealthReport> {
  const examined = await Promise.all(
    connections.map(async ([name, connection]): Promise<[string, ConnectionHealth]> => {
      const { kind } = connection;
      const { state, opened, errors } = connection.stats();
      // One that the server has refused so far is idle too, but not unused.
      const isUnused = state === 'idle' && (opened > 0 || errors === 0);
      if (isUnused && !open) {
        return [name, { kind, status: 'pass', checked: false }];
      }
      return [name, await examine(name, connection, timeoutMs)];
    }),
  );
  const statuses = examined.map(([, { status }]) => status);
  const worst = (['fail', 'warn'] as const).find((status) => statuses.includes(status));
  const shown = examined.map(([name, health]) => [redactText(name), health]);
  return { status: worst ?? 'pass', connections: Object.fromEntries(shown) };
}

async function examine(
  name: string,
  connection: Connection,
  timeoutMs: number,
): Promise<ConnectionHealth> {
  const { kind } = connection;
  const crowd = crowded(connection.stats());
  const startedAt = performance.now();
  try {
    await connection.check({ timeoutMs });
    const latencyMs = performance.now() - startedAt;
    const message = crowd ?? connection.warning?.();
    if (message === undefined) return { kind, status: 'pass', checked: true, latencyMs };
    return { kind, status: 'warn', checked: true, latencyMs, message };
  } catch (thrown) {
    const error = codedError(thrown, { pool: name, kind, operation: 'health' });
    return {
      kind,
      status: 'fail',
      checked: true,
      latencyMs: performance.now() - startedAt,
      errorType: error.code,
      message: redactText(error.message),
    };
  }
}

function crowded({ inUse, max, waiting }: ConnectionStats): string | undefined {
  if (max === undefined || waiting === 0 || inUse === 0) return undefined;
  return `${waiting} callers wait for a connection; ${inUse} are leased.`;
}

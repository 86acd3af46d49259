// Runs traffic over a manager in a separate process, until it receives an order to stop. It reports what
// it saw, and must then exit by itself.
import { inspect } from 'node:util';
import { isBaseError } from '@map/errors';
import { ConnectionManager, type ConnectionManagerOptions } from '../../src/index.ts';

export interface TrafficOrder {
  readonly options: ConnectionManagerOptions;
  readonly tasks: number;
  /** The repeated work of every task. */
  readonly work: 'set-get' | 'set' | 'get' | 'lease' | 'http-get' | 'http-post';
  readonly url?: string;
  /** Pause between two operations of a task, in milliseconds. */
  readonly pauseMs: number;
  /** Text that no error may show. */
  readonly secret: string;
}

export interface TrafficReport {
  readonly succeeded: number;
  /** Failures by code. */
  readonly failed: Record<string, number>;
  /** Codes whose errors said that a retry makes sense. */
  readonly retryable: string[];
  /** Longest time from the start of an operation to its end, in milliseconds. */
  readonly longestMs: number;
  /** Time from the end of the fault to the first success after it, in milliseconds. */
  readonly recoveryMs: number | null;
  readonly uncoded: string[];
  readonly leakedSecrets: number;
  readonly pendingAfterClose: number;
  readonly openAfterClose: number;
  /** Sockets and timers left after everything was closed. */
  readonly left: string[];
  /** Retry-After values seen. */
  readonly retryAfterMs: number[];
}

const order = JSON.parse(process.argv[2] ?? '{}') as TrafficOrder;
const manager = new ConnectionManager(order.options);
const failed: Record<string, number> = {};
const retryable = new Set<string>();
const uncoded: string[] = [];
const retryAfterMs: number[] = [];
let leakedSecrets = 0;
let succeeded = 0;
let longestMs = 0;
let healedAt: number | undefined;
let recoveryMs: number | null = null;
let running = true;
let isStarted = false;
let stop: () => void = () => {};
const stopped = new Promise<void>((resolve) => {
  stop = resolve;
});

process.on('message', (message: { type: 'healed'; at: number } | { type: 'stop' }) => {
  if (message.type === 'healed') {
    healedAt = message.at;
    recoveryMs = null;
    return;
  }
  running = false;
  stop();
});

/** Says that the traffic runs: the first operation has ended, one way or the other. */
function started(): void {
  if (isStarted) return;
  isStarted = true;
  process.send?.({ type: 'started' });
}

function note(error: unknown): void {
  const text = `${inspect(error, { depth: 10 })} ${JSON.stringify(error)} ${String(error)}`;
  if (text.includes(order.secret)) leakedSecrets += 1;
  if (!isBaseError(error)) {
    if (uncoded.length < 5) uncoded.push(text.slice(0, 500));
    return;
  }
  failed[error.code] = (failed[error.code] ?? 0) + 1;
  if (error.retryable) retryable.add(error.code);
  if (error.retryAfterMs !== undefined && retryAfterMs.length < 5) {
    retryAfterMs.push(error.retryAfterMs);
  }
}

async function once(task: number, round: number): Promise<void> {
  const key = `key:${task}:${round % 50}`;
  if (order.work === 'lease') {
    await using lease = await manager.acquireRedis();
    await lease.connection.set(key, 'value');
  } else if (order.work === 'http-get') {
    await manager.httpSession((http) => http.get(order.url ?? '').text());
  } else if (order.work === 'http-post') {
    await manager.httpSession((http) => http.post(order.url ?? '', { json: { task } }).text());
  } else {
    await manager.redisConnection(async (redis) => {
      const reads = order.work === 'get' || (order.work === 'set-get' && round % 2 === 1);
      if (reads) await redis.get(key);
      else await redis.set(key, 'value'.repeat(10));
    });
  }
}

async function task(index: number): Promise<void> {
  for (let round = 0; running; round++) {
    const startedAt = performance.now();
    try {
      await once(index, round);
      succeeded += 1;
      if (healedAt !== undefined && recoveryMs === null) {
        recoveryMs = Date.now() - healedAt;
        process.send?.({ type: 'recovered' });
      }
    } catch (error) {
      note(error);
    }
    longestMs = Math.max(longestMs, performance.now() - startedAt);
    started();
    if (order.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, order.pauseMs));
  }
}

// The time that an import takes on a busy machine says nothing about connections.
await Promise.all([import('@redis/client'), import('got')]);
const tasks = Array.from({ length: order.tasks }, (_, index) => task(index));
await stopped;
await Promise.all(tasks);
await manager.closeAllConnections({ timeoutMs: 500 });
// A question to the resolver of the system cannot be taken back; it ends by itself.
const remaining = (): string[] =>
  process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout/.test(kind));
// A destroyed socket is gone some turns of the event loop later, and a cluster client that waits
// for its next attempt notices its end after the wait.
for (let turn = 0; turn < 25 && remaining().length > 0; turn++) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
const stats = Object.values(manager.stats());
const report: TrafficReport = {
  succeeded,
  failed,
  retryable: [...retryable],
  longestMs: Math.round(longestMs),
  recoveryMs,
  uncoded,
  leakedSecrets,
  pendingAfterClose: stats.reduce((sum, { pending }) => sum + pending, 0),
  openAfterClose: stats.reduce((sum, { open }) => sum + open, 0),
  left: remaining(),
  retryAfterMs,
};
process.send?.(report, undefined, {}, () => process.disconnect());

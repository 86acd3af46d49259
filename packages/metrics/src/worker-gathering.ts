import { type Family, mergeFamilies } from './family.ts';
import type { ScrapeContent, ScrapeSource } from './scrape.ts';
import { WorkerMerge } from './worker-merge.ts';
import {
  type Answer,
  CHANNEL,
  type Hello,
  isMessage,
  packMetrics,
  type Request,
} from './worker-message.ts';
import { unref } from './worker-sharing.ts';

/** How workers are asked. */
export interface GatherOptions {
  /** Milliseconds a worker has to answer; one that is late misses this scrape. 1,000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** Silent workers whose counts are held one by one; older ones are added up. */
const MAX_SILENT = 64;

interface WorkerState {
  /** Missed a scrape: ended, or too busy to answer. */
  readonly isSilent: boolean;
  readonly answer: Answer | undefined;
}

/** A source for `startMetricsServer` that adds up this process and its workers. */
export interface WorkerGathering extends ScrapeSource {
  /** Stops listening to workers. */
  stop(): void;
}

/**
 * Gathers the metrics of cluster workers and worker threads that call `shareMetrics()`; call it in
 * the primary process or main thread before they start.
 *
 * Counters and histograms of a worker that has gone stay counted.
 *
 * @param options How to ask.
 * @returns A source for `startMetricsServer({ source })`.
 * @example
 * ```ts
 * import { startMetricsServer } from '@map/metrics';
 * import { gatherWorkers } from '@map/metrics/workers';
 *
 * const source = await gatherWorkers();
 * const server = await startMetricsServer({ port: 0, source });
 * await server.stop();
 * source.stop();
 * ```
 */
export async function gatherWorkers(options: GatherOptions = {}): Promise<WorkerGathering> {
  const { default: cluster } = await import('node:cluster');
  const { timeoutMs = 1000 } = options;
  const known = new Map<string, WorkerState>();
  const retired = new WorkerMerge();
  let requests = 0;

  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event) => {
    const message: unknown = (event as { data: unknown }).data;
    if (isMessage<Hello>(message, '@map/metrics:hello')) {
      known.set(message.worker, { isSilent: false, answer: undefined });
    }
  };
  unref(channel);

  /** Folds the longest silent workers together, so that short-lived threads cost no memory. */
  const fold = (): void => {
    const silent = [...known].filter(([, { isSilent }]) => isSilent);
    for (const [worker, { answer }] of silent.slice(0, Math.max(0, silent.length - MAX_SILENT))) {
      if (answer !== undefined) retired.add(answer.metrics, 'cumulative');
      known.delete(worker);
    }
  };

  const ask = async (): Promise<void> => {
    const id = `${process.pid}-${++requests}`;
    const request: Request = { kind: '@map/metrics:request', id };
    const processes = Object.values(cluster.workers ?? {}).filter(
      (worker) => worker?.isConnected() === true,
    );
    for (const worker of processes) {
      const name = `process-${worker?.id}`;
      if (!known.has(name)) known.set(name, { isSilent: false, answer: undefined });
    }
    const missing = new Set(
      [...known].filter(([, state]) => !state.isSilent).map(([name]) => name),
    );
    if (known.size === 0) return;
    const back = new BroadcastChannel(`${CHANNEL}:${id}`);
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const onAnswer = (message: unknown): void => {
      if (!isMessage<Answer>(message, '@map/metrics:answer') || message.id !== id) return;
      known.set(message.worker, { isSilent: false, answer: message });
      missing.delete(message.worker);
      if (missing.size === 0) finish();
    };
    const onClusterMessage = (_worker: unknown, message: unknown): void => onAnswer(message);
    const onExit = (): void => void setImmediate(finish);
    back.onmessage = (event) => onAnswer((event as { data: unknown }).data);
    cluster.on('message', onClusterMessage);
    cluster.on('exit', onExit);
    const timer = setTimeout(finish, timeoutMs);
    channel.postMessage(request);
    for (const worker of processes) worker?.send(request, () => undefined);
    if (missing.size > 0) await done;
    clearTimeout(timer);
    back.close();
    cluster.off('message', onClusterMessage);
    cluster.off('exit', onExit);
    // Whoever misses a scrape is not waited for again, but heard when it answers later.
    for (const worker of missing) {
      known.set(worker, { isSilent: true, answer: known.get(worker)?.answer });
    }
    fold();
  };

  const gather = async (own: ScrapeContent): Promise<ScrapeContent> => {
    await ask();
    const merge = new WorkerMerge();
    merge.add(packMetrics(own.instruments));
    merge.add(packMetrics(retired.instruments));
    const lists: (readonly Family[])[] = [own.families];
    for (const { answer, isSilent } of known.values()) {
      if (answer === undefined) continue;
      merge.add(answer.metrics, isSilent ? 'cumulative' : 'all');
      if (!isSilent) lists.push(answer.families);
    }
    return { instruments: merge.instruments, families: mergeFamilies(lists) };
  };

  return { gather, stop: () => channel.close() };
}

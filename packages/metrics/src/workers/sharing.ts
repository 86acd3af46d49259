import { readRegistry } from '../exposition/family.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { processRegistry } from '../prom-client/process-metrics.ts';
import {
  type Answer,
  CHANNEL,
  type Hello,
  isMessage,
  packMetrics,
  type Request,
} from './message.ts';

/** What a worker shares. */
export interface ShareOptions {
  /** The manager to share; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
}

/**
 * Lets the primary process or the main thread gather this worker's metrics; call it once in every
 * cluster worker and worker thread. It keeps neither alive.
 *
 * @param options What to share.
 * @returns A function that stops sharing.
 * @example
 * ```ts
 * import { shareMetrics } from '@map/metrics/workers';
 *
 * const stop = await shareMetrics();
 * stop();
 * ```
 */
export async function shareMetrics(options: ShareOptions = {}): Promise<() => void> {
  const { isMainThread, threadId } = await import('node:worker_threads');
  const { manager = getMetricsManager() } = options;
  const { default: cluster } = await import('node:cluster');
  return isMainThread
    ? shareOverIpc(manager, `process-${cluster.worker?.id}`)
    : shareOverChannel(manager, `thread-${threadId}`);
}

function shareOverIpc(manager: MetricsManager, worker: string): () => void {
  const send = process.send?.bind(process);
  if (send === undefined) return () => undefined;
  const onMessage = (message: unknown): void => {
    if (!isMessage<Request>(message, '@map/metrics:request')) return;
    void answer(manager, message, worker, true).then((reply) => {
      if (process.connected) send(reply, undefined, undefined, () => undefined);
    });
  };
  process.on('message', onMessage);
  return () => void process.off('message', onMessage);
}

function shareOverChannel(manager: MetricsManager, worker: string): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const hello: Hello = { kind: '@map/metrics:hello', worker };
  channel.onmessage = (event) => {
    const message: unknown = (event as { data: unknown }).data;
    if (!isMessage<Request>(message, '@map/metrics:request')) return;
    // A thread has no process metrics of its own.
    void answer(manager, message, worker, false).then((reply) => {
      const back = new BroadcastChannel(message.replyTo);
      back.postMessage(reply);
      back.close();
    });
  };
  unref(channel);
  channel.postMessage(hello);
  return () => channel.close();
}

async function answer(
  manager: MetricsManager,
  { id, collectMs }: Request,
  worker: string,
  withProcess: boolean,
): Promise<Answer> {
  await manager.collect(collectMs);
  const families =
    withProcess && manager.enabled
      ? await readRegistry(
          await processRegistry(manager),
          (name) => manager.countCollectFailure(name),
          collectMs,
        )
      : [];
  const metrics = [...packMetrics(manager.instruments)];
  return { kind: '@map/metrics:answer', id, worker, metrics, families };
}

/** Keeps a channel from keeping the process alive; the type in use does not know of it. */
export function unref(channel: object): void {
  (channel as { unref?: () => void }).unref?.();
}

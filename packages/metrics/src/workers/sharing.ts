import { optionNames } from '@map/redaction/kernel';
import { checkMethod, checkOptions } from '../common/check.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { processRegistry } from '../prom-client/process-metrics.ts';
import { OwnContent } from '../server/own-content.ts';
import {
  CHANNEL,
  type Hello,
  isMessage,
  packMetrics,
  type Reply,
  type Request,
} from './message.ts';

/** Options of `shareMetrics`. */
export interface ShareOptions {
  /** The manager to share; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
}

const OPTIONS = optionNames<ShareOptions>({ manager: true });

/**
 * Lets the primary process or the main thread gather this worker's metrics; call it once in every
 * cluster worker and worker thread. It does not keep them alive.
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
  checkOptions('shareMetrics()', options, OPTIONS);
  if (options.manager !== undefined) checkMethod('manager', options.manager, 'collect');
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
  const content = new OwnContent(manager, async () =>
    manager.enabled ? [await processRegistry(manager)] : [],
  );
  const onMessage = (message: unknown): void => {
    if (!isMessage<Request>(message, '@map/metrics:request')) return;
    void replyOf(content, message, worker).then((reply) => {
      if (process.connected) send(reply, undefined, undefined, () => undefined);
    });
  };
  process.on('message', onMessage);
  return () => void process.off('message', onMessage);
}

function shareOverChannel(manager: MetricsManager, worker: string): () => void {
  // The process metrics are those of the main thread.
  const content = new OwnContent(manager, async () => []);
  const channel = new BroadcastChannel(CHANNEL);
  const hello: Hello = { kind: '@map/metrics:hello', worker };
  channel.onmessage = (event) => {
    const message: unknown = (event as { data: unknown }).data;
    if (!isMessage<Request>(message, '@map/metrics:request')) return;
    void replyOf(content, message, worker).then((reply) => {
      const back = new BroadcastChannel(message.replyTo);
      back.postMessage(reply);
      back.close();
    });
  };
  unref(channel);
  channel.postMessage(hello);
  return () => channel.close();
}

async function replyOf(
  content: OwnContent,
  { id, collectMs, reader }: Request,
  worker: string,
): Promise<Reply> {
  const { instruments, families } = await content.collect(collectMs, reader);
  return {
    kind: '@map/metrics:reply',
    id,
    worker,
    metrics: [...packMetrics(instruments)],
    families,
  };
}

/** Lets the process exit while a channel is open; the type does not declare `unref`. */
export function unref(channel: object): void {
  (channel as { unref?: () => void }).unref?.();
}

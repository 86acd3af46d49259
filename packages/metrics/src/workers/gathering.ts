import { optionNames } from '@map/redaction/kernel';
import { checkOptions, checkTimeout } from '../common/check.ts';
import {
  fullContent,
  type Reader,
  type ScrapeContent,
  type ScrapeSource,
} from '../exposition/content.ts';
import { mergeFamilies } from '../exposition/families.ts';
import type { Family } from '../exposition/family.ts';
import { WorkerMerge } from './merge.ts';
import {
  CHANNEL,
  type Hello,
  isMessage,
  packMetrics,
  type Reply,
  type Request,
} from './message.ts';
import { WorkerRoll } from './roll.ts';
import { unref } from './sharing.ts';

/** Options of `gatherWorkers`. */
export interface GatherOptions {
  /** Time limit of a reply in milliseconds; a late worker misses the scrape. 1,000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** The part of a worker thread that is read. */
interface Thread {
  readonly threadId: number;
  once(event: 'exit', listener: () => void): unknown;
}

type Channel = InstanceType<typeof BroadcastChannel>;

interface Wait {
  readonly missing: Set<string>;
  readonly finish: () => void;
}

/** A source for `startMetricsServer` that merges this process and its workers. */
export interface WorkerGathering extends ScrapeSource {
  /** Stops listening to workers. */
  stop(): void;
}

const OPTIONS = optionNames<GatherOptions>({ timeoutMs: true });

/**
 * Gathers the metrics of cluster workers and worker threads that call `shareMetrics()`; call it in
 * the primary process or main thread before they start.
 *
 * Counters and histograms of a worker stay counted after it has ended.
 *
 * @param options The time limit.
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
  checkOptions('gatherWorkers()', options, OPTIONS);
  const { timeoutMs = 1000 } = options;
  checkTimeout(timeoutMs);
  const { default: cluster } = await import('node:cluster');
  const roll = new WorkerRoll();
  const waits = new Set<Wait>();
  const settled = (worker: string): void => {
    for (const wait of waits) {
      if (wait.missing.delete(worker) && wait.missing.size === 0) wait.finish();
    }
  };
  const onReply = (message: unknown): void => {
    if (!isMessage<Reply>(message, '@map/metrics:reply')) return;
    roll.replied(message);
    settled(message.worker);
  };
  const onHello = (message: unknown): void => {
    if (isMessage<Hello>(message, '@map/metrics:hello')) roll.add(message.worker);
  };
  const ended = (worker: string): void => {
    roll.ended(worker);
    settled(worker);
  };
  const onClusterMessage = (_worker: unknown, message: unknown): void => onReply(message);
  const onExit = ({ id }: { readonly id: number }): void => ended(`process-${id}`);
  // A thread that has ended is not waited for. Threads that other threads start emit no event here.
  const onThread = (thread: Thread): void => {
    const worker = `thread-${thread.threadId}`;
    thread.once('exit', () => ended(worker));
  };
  const replyTo = `${CHANNEL}:${process.pid}-${performance.now()}`;
  const channel = listen(CHANNEL, onHello);
  const back = listen(replyTo, onReply);
  cluster.on('message', onClusterMessage);
  cluster.on('exit', onExit);
  process.on('worker', onThread);
  let requests = 0;

  const ask = async (reader: Reader): Promise<void> => {
    const processes = Object.values(cluster.workers ?? {}).filter(
      (worker) => worker?.isConnected() === true,
    );
    for (const worker of processes) roll.add(`process-${worker?.id}`);
    if (roll.size === 0) return;
    const request: Request = {
      kind: '@map/metrics:request',
      id: `${++requests}`,
      replyTo,
      collectMs: timeoutMs / 2,
      reader,
    };
    const missing = roll.awaited();
    channel.postMessage(request);
    for (const worker of processes) worker?.send(request, () => undefined);
    if (missing.size > 0) await waitFor(missing, waits, timeoutMs);
    for (const worker of missing) roll.missed(worker);
    roll.fold();
  };

  return {
    gather: async (content, reader = 'scrape') => {
      await ask(reader);
      return await merged(content, roll);
    },
    hasWorkers: () => roll.size > 0 || Object.keys(cluster.workers ?? {}).length > 0,
    stop: () => {
      channel.close();
      back.close();
      cluster.off('message', onClusterMessage);
      cluster.off('exit', onExit);
      process.off('worker', onThread);
    },
  };
}

/** Merges the metrics of this process and of its workers. */
async function merged(content: ScrapeContent, roll: WorkerRoll): Promise<ScrapeContent> {
  const own = fullContent(content);
  const merge = new WorkerMerge();
  const workers = roll.mergeInto(merge);
  const lists: (readonly Family[])[] = [own.families];
  await merge.addInSlices(packMetrics(own.instruments), 'all');
  for (const { reply, isSilent } of workers) {
    if (reply === undefined) continue;
    await merge.addInSlices(reply.metrics, isSilent ? 'cumulative' : 'all');
    if (!isSilent) lists.push(reply.families);
  }
  return { instruments: merge.instruments, families: mergeFamilies(lists) };
}

function listen(name: string, hear: (message: unknown) => void): Channel {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => hear((event as { data: unknown }).data);
  unref(channel);
  return channel;
}

async function waitFor(missing: Set<string>, waits: Set<Wait>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await new Promise<void>((finish) => {
    timer = setTimeout(finish, timeoutMs);
    waits.add({ missing, finish });
  });
  clearTimeout(timer);
  for (const wait of waits) if (wait.missing === missing) waits.delete(wait);
}

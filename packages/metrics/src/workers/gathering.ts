import { optionNames } from '@map/redaction/kernel';
import { checkOptions } from '../common/check.ts';
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
import { unref } from './sharing.ts';

/** Options of `gatherWorkers`. */
export interface GatherOptions {
  /** Time limit of a reply in milliseconds; a late worker misses the scrape. 1,000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** Silent workers whose counts are kept separately; those of older ones are merged. */
const MAX_SILENT = 64;
/** Merged workers that are remembered: one that replies after all must not count twice. */
const MAX_RETIRED = 10_000;

interface WorkerState {
  /** Missed a scrape: it is too busy to reply, or has ended. */
  readonly isSilent: boolean;
  /** Has ended: a reply that still arrives was sent before. */
  readonly hasEnded?: boolean;
  readonly reply: Reply | undefined;
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
  const { default: cluster } = await import('node:cluster');
  const { timeoutMs = 1000 } = options;
  const known = new Map<string, WorkerState>();
  const retired = new WorkerMerge();
  const retiredNames = new Set<string>();
  const waits = new Set<Wait>();
  const replyTo = `${CHANNEL}:${process.pid}-${performance.now()}`;
  let requests = 0;

  const settled = (worker: string): void => {
    for (const wait of waits) {
      if (wait.missing.delete(worker) && wait.missing.size === 0) wait.finish();
    }
  };
  // A late reply is kept for the next scrape.
  const onReply = (message: unknown): void => {
    if (!isMessage<Reply>(message, '@map/metrics:reply')) return;
    const { worker } = message;
    if (retiredNames.has(worker)) return;
    const hasEnded = known.get(worker)?.hasEnded === true;
    known.set(worker, { isSilent: hasEnded, hasEnded, reply: message });
    settled(worker);
  };
  const onHello = (message: unknown): void => {
    if (!isMessage<Hello>(message, '@map/metrics:hello') || known.has(message.worker)) return;
    if (retiredNames.has(message.worker)) return;
    known.set(message.worker, { isSilent: false, reply: undefined });
  };
  const onClusterMessage = (_worker: unknown, message: unknown): void => onReply(message);
  const ended = (worker: string): void => {
    const reply = known.get(worker)?.reply;
    if (!retiredNames.has(worker)) known.set(worker, { isSilent: true, hasEnded: true, reply });
    settled(worker);
  };
  const onExit = ({ id }: { readonly id: number }): void => ended(`process-${id}`);
  // A thread that has ended is not waited for. Threads that other threads start emit no event here.
  const onThread = (thread: Thread): void => {
    const worker = `thread-${thread.threadId}`;
    thread.once('exit', () => ended(worker));
  };
  const channel = listen(CHANNEL, onHello);
  const back = listen(replyTo, onReply);
  cluster.on('message', onClusterMessage);
  cluster.on('exit', onExit);
  process.on('worker', onThread);

  const ask = async (reader: Reader): Promise<void> => {
    const processes = Object.values(cluster.workers ?? {}).filter(
      (worker) => worker?.isConnected() === true,
    );
    for (const worker of processes) {
      const name = `process-${worker?.id}`;
      if (!known.has(name)) known.set(name, { isSilent: false, reply: undefined });
    }
    if (known.size === 0) return;
    const request: Request = {
      kind: '@map/metrics:request',
      id: `${++requests}`,
      replyTo,
      collectMs: timeoutMs / 2,
      reader,
    };
    const missing = new Set(
      [...known].filter(([, { isSilent }]) => !isSilent).map(([worker]) => worker),
    );
    channel.postMessage(request);
    for (const worker of processes) worker?.send(request, () => undefined);
    if (missing.size > 0) await waitFor(missing, waits, timeoutMs);
    // A worker that misses a scrape is not waited for again until it replies.
    for (const worker of missing) {
      known.set(worker, { isSilent: true, reply: known.get(worker)?.reply });
    }
    for (const worker of fold(known, retired)) retiredNames.add(worker);
    for (const worker of retiredNames) {
      if (retiredNames.size <= MAX_RETIRED) break;
      retiredNames.delete(worker);
    }
  };

  const gather = async (
    given: ScrapeContent,
    reader: Reader = 'scrape',
  ): Promise<ScrapeContent> => {
    await ask(reader);
    const own = fullContent(given);
    const merge = new WorkerMerge();
    // Read both in one turn: another scrape may fold workers while this one merges.
    merge.add(packMetrics(retired.instruments));
    const workers = [...known.values()];
    const lists: (readonly Family[])[] = [own.families];
    await merge.addInSlices(packMetrics(own.instruments), 'all');
    for (const { reply, isSilent } of workers) {
      if (reply === undefined) continue;
      await merge.addInSlices(reply.metrics, isSilent ? 'cumulative' : 'all');
      if (!isSilent) lists.push(reply.families);
    }
    return { instruments: merge.instruments, families: mergeFamilies(lists) };
  };

  const stop = (): void => {
    channel.close();
    back.close();
    cluster.off('message', onClusterMessage);
    cluster.off('exit', onExit);
    process.off('worker', onThread);
  };
  const hasWorkers = (): boolean => known.size > 0 || Object.keys(cluster.workers ?? {}).length > 0;
  return { gather, hasWorkers, stop };
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

/**
 * Merges the workers that have been silent for longest, so that short-lived threads use no memory.
 *
 * @returns Their names.
 */
function fold(known: Map<string, WorkerState>, retired: WorkerMerge): string[] {
  const silent = [...known].filter(([, { isSilent }]) => isSilent);
  const oldest = silent.slice(0, Math.max(0, silent.length - MAX_SILENT));
  for (const [worker, { reply }] of oldest) {
    if (reply !== undefined) retired.add(reply.metrics, 'cumulative');
    known.delete(worker);
  }
  return oldest.map(([worker]) => worker);
}

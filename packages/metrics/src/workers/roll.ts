import { WorkerMerge } from './merge.ts';
import { packMetrics, type Reply } from './message.ts';

/** Silent workers whose counts are kept separately; those of older ones are merged. */
const MAX_SILENT = 64;
/** Merged workers that are remembered: one that replies after all must not count twice. */
const MAX_RETIRED = 10_000;

/** One worker, as the primary process knows it. */
export interface WorkerState {
  /** Missed a scrape: it is too busy to reply, or has ended. */
  readonly isSilent: boolean;
  /** Has ended: a reply that still arrives was sent before. */
  readonly hasEnded?: boolean;
  /** The newest one. */
  readonly reply: Reply | undefined;
}

/**
 * The workers that share their metrics, with the newest reply of each.
 *
 * Counters and histograms of a worker stay after it has ended: those of the last workers to become
 * silent with their replies, those of older ones merged, so that short-lived threads use no memory.
 */
export class WorkerRoll {
  readonly #known = new Map<string, WorkerState>();
  readonly #retired = new WorkerMerge();
  readonly #retiredNames = new Set<string>();

  get size(): number {
    return this.#known.size;
  }

  /** Adds a worker that may not have replied yet. */
  add(worker: string): void {
    if (this.#known.has(worker) || this.#retiredNames.has(worker)) return;
    this.#known.set(worker, { isSilent: false, reply: undefined });
  }

  /** Keeps a reply; a late one is for the next scrape. */
  replied(reply: Reply): void {
    const { worker } = reply;
    if (this.#retiredNames.has(worker)) return;
    const hasEnded = this.#known.get(worker)?.hasEnded === true;
    this.#known.set(worker, { isSilent: hasEnded, hasEnded, reply });
  }

  ended(worker: string): void {
    if (this.#retiredNames.has(worker)) return;
    this.#known.set(worker, { isSilent: true, hasEnded: true, reply: this.#replyOf(worker) });
  }

  /** A worker that misses a scrape is not waited for again until it replies. */
  missed(worker: string): void {
    this.#known.set(worker, { isSilent: true, reply: this.#replyOf(worker) });
  }

  /** The workers that a scrape waits for. */
  awaited(): Set<string> {
    return new Set([...this.#known].filter(([, { isSilent }]) => !isSilent).map(([name]) => name));
  }

  /** Merges the workers that have been silent for longest. */
  fold(): void {
    const silent = [...this.#known].filter(([, { isSilent }]) => isSilent);
    for (const [worker, { reply }] of silent.slice(0, Math.max(0, silent.length - MAX_SILENT))) {
      if (reply !== undefined) this.#retired.add(reply.metrics, 'cumulative');
      this.#known.delete(worker);
      this.#retiredNames.add(worker);
    }
    for (const worker of this.#retiredNames) {
      if (this.#retiredNames.size <= MAX_RETIRED) break;
      this.#retiredNames.delete(worker);
    }
  }

  /**
   * Begins a merge with the metrics of merged workers, and lists the others. Both are read in one
   * turn: another scrape may merge a worker meanwhile.
   */
  mergeInto(merge: WorkerMerge): readonly WorkerState[] {
    merge.add(packMetrics(this.#retired.instruments));
    return [...this.#known.values()];
  }

  #replyOf(worker: string): Reply | undefined {
    return this.#known.get(worker)?.reply;
  }
}

import { withTimeLimit } from '@map/redaction/kernel';

/** A callback that sets gauges before a scrape. */
export type Collector = () => void | Promise<void>;

/** Runs a collector; tells whether it succeeded within the time limit. */
export async function runCollector(collector: Collector, timeoutMs: number): Promise<boolean> {
  try {
    const running = collector();
    if (running === undefined) return true;
    const done = Promise.resolve(running).then(
      () => true,
      () => false,
    );
    return await withTimeLimit(done, timeoutMs, () => false);
  } catch {
    return false;
  }
}

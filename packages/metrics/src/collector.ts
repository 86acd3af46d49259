import { within } from './within.ts';

/** Brings gauges up to date before a scrape. */
export type Collector = () => void | Promise<void>;

/** Runs a collector, and tells whether it did its work in time. */
export async function runCollector(collector: Collector, timeoutMs: number): Promise<boolean> {
  try {
    const running = collector();
    if (running === undefined) return true;
    const done = Promise.resolve(running).then(
      () => true,
      () => false,
    );
    return await within(done, timeoutMs, false);
  } catch {
    return false;
  }
}

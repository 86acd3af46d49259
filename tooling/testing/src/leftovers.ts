/**
 * Fails a test file that leaves process-wide state behind: files share processes, so the next file
 * would run with it, and fail or pass by the order of files.
 */
import { afterAll, expect } from 'vitest';

const shared = (key: string): object =>
  (globalThis as { [key: symbol]: object | undefined })[Symbol.for(key)] ?? {};

/** Reads the shared manager without loading its package; a new one has the same values. */
function metricsOptions(): unknown {
  const manager = shared('@map/metrics/manager@1') as {
    readonly prefix?: string;
    readonly enabled?: boolean;
    readonly strict?: boolean;
    readonly version?: string;
    readonly defaultLabels?: object;
    readonly callbacks?: object;
  };
  const { prefix = '', enabled = true, strict = false, version = '' } = manager;
  const callbacks = Object.entries(manager.callbacks ?? {}).filter(([, f]) => f !== undefined);
  return {
    prefix,
    enabled,
    strict,
    version,
    labels: manager.defaultLabels ?? {},
    callbacks: callbacks.map(([name]) => name),
  };
}

function read(): Record<string, unknown> {
  const redaction = shared('@map/redaction/state@1') as {
    readonly secrets?: ReadonlyMap<string, number>;
    readonly policies?: ReadonlySet<unknown>;
  };
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    write: process.stdout.write,
    fetch: globalThis.fetch,
    clock: Date,
    timer: globalThis.setTimeout,
    metrics: metricsOptions(),
    secrets: redaction.secrets?.size ?? 0,
    policies: redaction.policies?.size ?? 0,
  };
}

const before = read();

afterAll(() => {
  const after = read();
  for (const [subject, value] of Object.entries(before)) {
    expect(after[subject], `${subject} after the last test of this file`).toEqual(value);
  }
});

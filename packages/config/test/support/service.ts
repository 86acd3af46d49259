import { runChild } from './child.ts';

interface Ready {
  readonly port: number;
  readonly metrics: string;
}

/** Starts the service that signals find busy. */
export async function startService(env: Record<string, string> = {}) {
  const child = runChild('test/fixtures/service.ts', {
    env: { METRICS_PORT: '0', SHUTDOWN_TIMEOUT: '40s', ...env },
  });
  await child.waitFor(/"what":"ready".*\n/);
  const ready = child.records.find(({ what }) => what === 'ready') as unknown as Ready;
  return { child, ...ready };
}

import { expect, test } from 'vitest';
import { useChecks } from '../support/checks.ts';

const checks = useChecks();

test('a frozen Redis fails readiness within the limit, and liveness stays well', async () => {
  const { get } = await checks.start();
  checks.redis().pause();
  try {
    const { code, report } = await get('/ready');
    expect(code).toBe(503);
    expect(report.checks['redis']?.status).not.toBe('pass');
    expect((await get('/health')).code).toBe(200);
  } finally {
    checks.redis().resume();
  }
});

import { expect, test } from 'vitest';
import { useChecks } from '../support/checks.ts';

const checks = useChecks();

test('checks run side by side and once, the slow one is named, the optional one only warns', async () => {
  const { child, get } = await checks.start();
  const [{ code, report }] = await Promise.all([get('/ready'), get('/ready'), get('/ready')]);
  child.kill('SIGUSR2');
  const [, asked] = await child.waitFor(/"asked":(\d+)/);
  expect(Number(asked)).toBe(1);
  expect(code).toBe(200);
  expect(report).toMatchObject({
    status: 'warn',
    checks: {
      counted: { status: 'pass' },
      slow: { status: 'pass', slow: true },
      optional: { status: 'fail', error_type: 'false' },
      redis: { status: 'pass' },
    },
  });
  expect(report.checks['counted']?.slow).toBeUndefined();
});

test('a hanging check is reported and not waited for; liveness does not ask it', async () => {
  const { get } = await checks.start({ HANG: '1' });
  for (let round = 0; round < 2; round += 1) {
    const { code, report } = await get('/ready');
    expect(code).toBe(503);
    expect(report.checks['hanging']).toMatchObject({ status: 'fail', hanging: true, slow: true });
    expect(report.checks['counted']?.status).toBe('pass');
  }
  expect(await get('/health')).toEqual({ code: 200, report: { status: 'pass', checks: {} } });
});

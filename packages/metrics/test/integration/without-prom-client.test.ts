import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const HOOKS = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'prom-client') throw new Error('prom-client is not installed');
    return next(specifier, context);
  },
});`;

const PROGRAM = `
import { getMetricsManager, startMetricsServer } from '@map/metrics';
let warnings = 0;
process.on('warning', ({ code }) => {
  if (code === 'METRICS_PROCESS_METRICS_UNAVAILABLE') warnings++;
});
getMetricsManager().trackTask('created', { task_type: 'a' });
const server = await startMetricsServer({ port: 0 });
const statuses = [];
let text = '';
for (let times = 0; times < 3; times++) {
  const response = await fetch(server.url + '/metrics');
  statuses.push(response.status);
  text = await response.text();
}
await server.stop();
console.log(JSON.stringify({
  statuses,
  warnings,
  own: text.includes('tasks_created_total{task_type="a"} 1'),
  counted: text.includes('metrics_rejected_total{metric="process",reason="collect"}'),
}));`;

test('without prom-client the other metrics are served, and it is reported once', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@map/source',
      `--import=data:text/javascript,${encodeURIComponent(HOOKS)}`,
      '--input-type=module',
      '--eval',
      PROGRAM,
    ],
    { cwd: import.meta.dirname },
  );
  expect(JSON.parse(stdout)).toEqual({
    statuses: [200, 200, 200],
    warnings: 1,
    own: true,
    counted: true,
  });
});

import { initializeConfig, runTask } from '@map/config';
import { captureLogs, getLogger } from '@map/config/logger';
import { expect, test } from 'vitest';

test('a task runs, and its lines can be read', async () => {
  const config = await initializeConfig({ metricsServer: false });
  const logs = captureLogs();
  await runTask({ type: 'try', taskId: 'task-1' }, () => getLogger('app').info('Inside'));
  expect(logs.find('Inside')).toMatchObject({ task_id: 'task-1' });
  logs.stop();
  expect(await config.shutdown()).toMatchObject({ ok: true });
});

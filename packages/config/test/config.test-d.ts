import {
  type Config,
  initializeConfig,
  logger,
  runAgentStep,
  runTask,
  runTool,
  settings,
  type WorkReport,
} from '@map/config';
import { ErrorCode } from '@map/config/errors';
import { defineSettings, integer, type Settings } from '@map/config/settings';

function is<T>(_value: T): void {}

export async function types(): Promise<void> {
  const plain = await initializeConfig();
  is<Config>(plain);
  is<string>(plain.settings.APP_NAME);
  is<undefined>(plain.extension);
  // @ts-expect-error a setting that is not defined
  plain.settings.SHOP_LIMIT;
  // @ts-expect-error settings are frozen
  plain.settings.APP_NAME = 'other';

  const own = await initializeConfig({
    settings: defineSettings({ SHOP_LIMIT: integer({ default: 3 }) }),
    extend: ({ settings: given, metrics }) => {
      is<number>(given.SHOP_LIMIT);
      return {
        sales: metrics.defineCounter({ name: 'sales_total', help: 'Sales', labels: ['currency'] }),
      };
    },
  });
  is<number>(own.settings.SHOP_LIMIT);
  is<string>(own.settings.REDIS_URL);
  own.extension.sales.inc({ currency: 'EUR' });
  // @ts-expect-error a label that the metric does not have
  own.extension.sales.inc({ country: 'DE' });
  // @ts-expect-error a metric that is not defined
  own.extension.refunds;

  // @ts-expect-error settings that lack what MAP needs
  await initializeConfig({ settings: () => ({ APP_NAME: 'x' }) });
  // @ts-expect-error an option that does not exist
  await initializeConfig({ singals: false });

  is<Settings>(settings);
  logger.getLogger('app').info('hello');
  is<number>(await runTask({ type: 'count' }, () => 42));
  is<number>(await runTask({ type: 'count' }, async ({ signal }) => (signal.aborted ? 0 : 1)));
  is<WorkReport<number>>(await runTask({ type: 'count', report: true }, async () => 42));
  const step = await runAgentStep({ agent: 'a', operation: 'b', report: true }, () => 'plan');
  is<[string, number, number]>([step.value, step.costUsd, step.durationMs]);
  is<WorkReport<string[]>>(await runTool({ tool: 'search', report: true }, () => ['a page']));
  is<number>(await runTask({ type: 'count', report: false }, () => 42));
  // @ts-expect-error the result has no cost without a report
  (await runTask({ type: 'count' }, () => ({ pages: 3 }))).costUsd;
  const report = Math.random() > 0.5;
  // @ts-expect-error the type of the result depends on it
  await runTask({ type: 'count', report }, () => 42);
  // @ts-expect-error a task needs a type
  await runTask({ taskId: '1' }, () => 42);
  is<'SYSTEM_ERROR_1000'>(ErrorCode.SYSTEM_ERROR);
}

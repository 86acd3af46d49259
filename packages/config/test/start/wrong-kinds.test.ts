import { initializeConfig, runTask } from '@map/config';
import { ConnectionManager } from '@map/config/connections';
import { defineErrors } from '@map/config/errors';
import { requestContext, webContext } from '@map/config/http';
import { HealthRegistry } from '@map/config/lifecycle';
import { setupLogging, TextFormatter } from '@map/config/logger';
import { healthHandler, MetricsManager, startMetricsServer } from '@map/config/metrics';
import { observeLlm } from '@map/config/metrics/llm';
import { gatherWorkers, shareMetrics } from '@map/config/metrics/workers';
import { setRedaction } from '@map/config/redaction';
import { defineSettings, integer, list, loadSettings, url } from '@map/config/settings';
import { expect, test } from 'vitest';

/** A flag as an environment variable holds it: as a condition this text would be true. */
const no = (option: string): never => ({ [option]: 'false' }) as never;
const manager = new ConnectionManager();
const RIPE = {
  number: 45_001,
  httpStatus: 400,
  grpcCode: 'INTERNAL',
  retry: 'no',
  userMessage: 'x',
} as const;
const page = { metricsServer: { statusPage: no('settings') } };

const calls: readonly (readonly [option: string, call: () => unknown])[] = [
  ['signals', () => initializeConfig(no('signals'))],
  ['metricsServer.statusPage.settings', () => initializeConfig(page)],
  ['report', () => runTask({ type: 'x', ...(no('report') as object) }, () => 1)],
  ['accessLog', () => requestContext(no('accessLog'))],
  ['accessLog', () => webContext(no('accessLog'))],
  ['open', () => manager.health(no('open'))],
  ...['pattern', 'sharded', 'buffers'].map(
    (option) =>
      [option, () => manager.subscribe('pears', () => undefined, no(option) as object)] as const,
  ),
  ['http2', () => manager.addHttp('pears', no('http2'))],
  ['tls', () => manager.addRedis('pears', no('tls'))],
  ['tls.rejectUnauthorized', () => manager.addRedis('pears', { tls: no('rejectUnauthorized') })],
  ['required', () => new HealthRegistry().register('pears', () => true, no('required'))],
  [
    'failover',
    () =>
      defineErrors({
        category: 'pears',
        errors: { RIPE: { ...RIPE, ...(no('failover') as object) } },
      }),
  ],
  ['uncaught', () => setupLogging(no('uncaught'))],
  ['console', () => setupLogging(no('console'))],
  ['color', () => new TextFormatter(no('color'))],
  ['enabled', () => new MetricsManager(no('enabled'))],
  ['strict', () => new MetricsManager(no('strict'))],
  ['processMetrics', () => startMetricsServer(no('processMetrics'))],
  ['batch', () => observeLlm({ provider: 'a', model: 'b', ...(no('batch') as object) }, () => 1)],
  ['defaultKeys', () => setRedaction(no('defaultKeys'))],
  ['defaultPatterns', () => setRedaction(no('defaultPatterns'))],
  ...['stock', 'strict', 'ignoreEmpty'].map(
    (option) => [option, () => defineSettings({}, no(option))] as const,
  ),
  ...['strict', 'ignoreEmpty'].map((option) => [option, () => loadSettings(no(option))] as const),
  ['uniqueItems', () => list(integer(), no('uniqueItems'))],
  ['secret', () => url(no('secret'))],
];

async function refusalOf(call: () => unknown): Promise<Error> {
  return await Promise.resolve()
    .then(call)
    .then(
      () => new Error('accepted'),
      (thrown: Error) => thrown,
    );
}

test.each(calls)('the text "false" is refused as %s', async (option, call) => {
  const { message } = await refusalOf(call);
  expect(message).toContain(`\`${option}\``);
  expect(message).toMatch(/\b(?:must|accept)\b.*(?:, got|not "?false)/);
});

/** A value that is neither a number nor a function nor an object. */
const five = (option: string): never => ({ [option]: '5' }) as never;
const llm = { provider: 'a', model: 'b' };
const controller = { signal: new AbortController() } as never;

test.each<[option: string, call: () => unknown]>([
  ...['attribution', 'errorType', 'exemplar', 'signal', 'defaultLabels'].map(
    (option): [string, () => unknown] => [option, () => new MetricsManager(five(option))],
  ),
  ['version', () => new MetricsManager({ version: 5 as never })],
  ...['health', 'ready', 'registries', 'source', 'manager', 'statusPage', 'tls', 'timeoutMs'].map(
    (option): [string, () => unknown] => [option, () => startMetricsServer(five(option))],
  ),
  ['health', () => healthHandler(five('health'))],
  ['ready', () => healthHandler({ ready: null } as never)],
  ['timeoutMs', () => gatherWorkers(five('timeoutMs'))],
  ['manager', () => shareMetrics(five('manager'))],
  ['signal', () => observeLlm({ ...llm, ...(controller as object) }, () => 1)],
  ['usage', () => observeLlm({ ...llm, ...(five('usage') as object) }, () => 1)],
  ['manager', () => observeLlm({ ...llm, ...(five('manager') as object) }, () => 1)],
  ['onWarning', () => loadSettings(five('onWarning'))],
  ['schemes', () => url(five('schemes'))],
])('a value of another kind is refused as %s', async (option, call) => {
  expect((await refusalOf(call)).message).toMatch(new RegExp(`^\`${option}\`.* must be .*, got `));
});

import assert from 'node:assert/strict';
import { initializeConfig, logger } from '@map/config';
import { problemHandler, requestContext } from '@map/config/http';
import { captureLogs, getLogger } from '@map/config/logger';
import fastify from 'fastify';

const config = await initializeConfig({ metricsServer: false });
const logs = captureLogs();
const app = fastify({ loggerInstance: getLogger('web'), frameworkErrors: problemHandler() });
app.addHook('onRequest', requestContext());
app.setErrorHandler(problemHandler());
app.get('/pears/:id', async (request) => {
  request.log.info({ pear: request.params.id }, 'Pear shown');
  return {};
});
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
assert.equal((await app.inject({ url: '/pears/7', headers })).statusCode, 200);
const shown = logs.find('Pear shown');
assert.equal(shown.pear, '7');
assert.equal(shown.trace_id, trace);
assert.equal(shown.name, 'web');
logger.info('Tried');
await app.close();
await config.shutdown();

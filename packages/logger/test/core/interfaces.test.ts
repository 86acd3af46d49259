import 'reflect-metadata';
import Anthropic from '@anthropic-ai/sdk';
import { loggerMiddleware } from '@aws-sdk/middleware-logger';
import { Logger, type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { fastify } from 'fastify';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CapturedLogs, captureLogs, getLogger, setupLogging } from '../../src/index.ts';

let logs: CapturedLogs;
const same = <T>(value: T): T => value;

beforeEach(() => {
  setupLogging({ console: false, level: 'DEBUG', caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

describe('a logger, as it is', () => {
  it('is Fastify’s loggerInstance', async () => {
    let quietLevel = '';
    const app = fastify({ loggerInstance: getLogger('web') });
    app.get('/', async (request) => {
      request.log.info({ step: 1 }, 'in the handler');
      return 'ok';
    });
    app.get('/quiet', { logLevel: 'warn' }, async (request) => {
      quietLevel = request.log.level;
      return 'ok';
    });
    app.get('/broken', async () => {
      throw new RangeError('boom');
    });
    const headers = { authorization: 'Bearer plain-4711' };
    for (const url of ['/?token=plain-4711', '/quiet', '/broken']) {
      await app.inject({ url, headers });
    }
    await app.close();
    expect(logs.find('incoming request')).toMatchObject({
      name: 'web',
      reqId: expect.any(String),
      req: { method: 'GET', url: '/?token=**********' },
    });
    expect(logs.find('in the handler')).toMatchObject({ step: 1, reqId: expect.any(String) });
    expect(logs.find('request completed')).toMatchObject({ res: { statusCode: 200 } });
    expect(quietLevel).toBe('warn');
    expect(logs.find('boom')).toMatchObject({ level: 'ERROR' });
    expect(logs.lines.join('\n')).not.toContain('plain-4711');
  });

  it('is Nest’s LoggerService', async () => {
    class AppModule {}
    Module({})(AppModule);
    const service: LoggerService = getLogger('nest');
    const app = await NestFactory.createApplicationContext(AppModule, { logger: service });
    const nest = new Logger('Orders');
    nest.log('Order placed');
    nest.warn('Stock is low', { sku: 5 });
    nest.error('Payment failed', 'Error: refused\n    at pay (a.ts:1:2)');
    nest.error(new TypeError('wrong'));
    nest.debug?.('details');
    nest.verbose?.('more');
    nest.fatal?.('over');
    nest.log({ order: 7 });
    nest.error('Refund failed', 'Error: refused\n    at pay (a.ts:1:2)', 'Refunds');
    const named = new Logger('OrdersService');
    named.warn(new RangeError('out of stock'));
    named.log({ msg: 'Order packed', order: 8 });
    named.log('Order sent', 'by ship', 9);
    await app.close();
    Logger.overrideLogger(false);
    expect(logs.find('Starting Nest application...')).toMatchObject({
      level: 'INFO',
      context: 'NestFactory',
    });
    expect(logs.find('out of stock')).toMatchObject({
      error: { type: 'RangeError' },
      context: 'OrdersService',
    });
    expect(logs.find('Order packed')).toMatchObject({ order: 8, context: 'OrdersService' });
    expect(logs.find('Order sent')).toMatchObject({
      args: ['by ship', 9],
      context: 'OrdersService',
    });
    expect(logs.find('Order placed')).toMatchObject({ level: 'INFO', context: 'Orders' });
    expect(logs.find('Stock is low')).toMatchObject({
      level: 'WARNING',
      sku: 5,
      context: 'Orders',
    });
    expect(logs.find('Payment failed')).toMatchObject({
      level: 'ERROR',
      stack: 'Error: refused\n    at pay (a.ts:1:2)',
      context: 'Orders',
    });
    expect(logs.entries.find((entry) => entry['error'])).toMatchObject({
      error: { type: 'TypeError', message: 'wrong' },
    });
    expect(logs.find('details')).toMatchObject({ level: 'DEBUG' });
    expect(logs.find('over')).toMatchObject({ level: 'CRITICAL' });
    expect(logs.entries.find((entry) => entry['order'] === 7)).toMatchObject({
      level: 'INFO',
      message: '',
      context: 'Orders',
    });
    expect(logs.find('Refund failed')).toMatchObject({
      stack: 'Error: refused\n    at pay (a.ts:1:2)',
      context: 'Orders',
      args: ['Refunds'],
    });
  });

  it.each([
    [
      'OpenAI’s',
      async (fetch: typeof globalThis.fetch) => {
        const logger = getLogger('sdk');
        const client = new OpenAI({ apiKey: 'sk-plain-quince', fetch, logger, logLevel: 'debug' });
        await client.models.list().catch(() => {});
      },
    ],
    [
      'Anthropic’s',
      async (fetch: typeof globalThis.fetch) => {
        const logger = getLogger('sdk');
        const client = new Anthropic({
          apiKey: 'sk-plain-quince',
          fetch,
          logger,
          logLevel: 'debug',
        });
        await client.models.list().catch(() => {});
      },
    ],
  ])('is %s logger option', async (_name, call) => {
    await call(async () => Response.json({ error: { message: 'no' } }, { status: 400 }));
    expect(logs.entries.length).toBeGreaterThan(1);
    expect(new Set(logs.entries.map((entry) => entry.name))).toEqual(new Set(['sdk']));
    expect(logs.entries.map((entry) => entry.level)).toContain('DEBUG');
    expect(logs.lines.join('\n')).not.toContain('quince');
  });

  it('is the AWS SDK’s logger', async () => {
    const filters = { inputFilterSensitiveLog: same, outputFilterSensitiveLog: same };
    const context = {
      logger: getLogger('aws'),
      clientName: 'S3',
      commandName: 'GetObject',
      ...filters,
    };
    const output = { $metadata: { requestId: 'r1' }, body: 'b' };
    const middleware = loggerMiddleware()(
      async () => ({ response: {}, output }) as never,
      context as never,
    );
    await middleware({ input: { Bucket: 'b1' } } as never);
    expect(logs.entries).toMatchObject([
      { level: 'INFO', clientName: 'S3', commandName: 'GetObject', input: { Bucket: 'b1' } },
    ]);
  });

  it('is shaped like console', () => {
    const write = (out: Pick<Console, 'log' | 'info' | 'warn' | 'error' | 'debug' | 'trace'>) => {
      out.log('text');
      out.log('%s is %d', 'answer', 42);
      out.log('user', { id: 5 });
      out.error('failed:', new Error('why'));
      out.warn('a', 'b', 'c');
      out.log('error');
    };
    write(getLogger('console'));
    expect(logs.entries).toMatchObject([
      { level: 'INFO', message: 'text' },
      { level: 'INFO', message: 'answer is 42' },
      { level: 'INFO', message: 'user', id: 5 },
      { level: 'ERROR', message: 'failed:', error: { message: 'why' } },
      { level: 'WARNING', message: 'a', args: ['b', 'c'] },
      { level: 'INFO', message: 'error' },
    ]);
  });

  it('has methods that work without it', async () => {
    const { info, error, log, fatal, child } = getLogger('loose');
    info('a', { n: 1 });
    await Promise.reject(new Error('b')).catch(error);
    [1].forEach(log);
    fatal('d');
    child({ part: 'x' }).info('e');
    const { isLevelEnabled, isInfoEnabled, profile, startTimer } = getLogger('loose');
    expect([isLevelEnabled('debug'), isInfoEnabled(), isLevelEnabled('no level')]).toEqual([
      true,
      true,
      false,
    ]);
    profile('f');
    profile('f', { level: 'debug' });
    startTimer().done('g');
    expect(logs.entries).toMatchObject([
      { message: 'a', n: 1, name: 'loose' },
      { message: 'b', level: 'ERROR', error: { message: 'b' } },
      { level: 'INFO' },
      { message: 'd', level: 'CRITICAL' },
      { message: 'e', part: 'x' },
      { message: 'f', level: 'DEBUG', execution_time: expect.any(Number) },
      { message: 'g', name: 'loose', execution_time: expect.any(Number) },
    ]);
  });
});

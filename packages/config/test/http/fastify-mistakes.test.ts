import { convertException, ErrorCode } from '@map/errors';
import fastify from 'fastify';
import { expect, test } from 'vitest';

test.each([
  [
    'a route that exists',
    () => {
      const app = fastify();
      app.get('/pears', () => 1);
      app.get('/pears', () => 2);
    },
  ],
  [
    'an async hook with a callback',
    () => {
      fastify().addHook(
        'onRequest',
        (async (_a: never, _b: never, _c: never) => undefined) as never,
      );
    },
  ],
  ['a logger that is not one', () => fastify({ loggerInstance: {} as never })],
  [
    'a plugin that does not end',
    async () => {
      await fastify({ pluginTimeout: 10 })
        .register((_app, _options, _done) => undefined)
        .ready();
    },
  ],
])(
  'a mistake in the set-up of Fastify is not a failure of another server: %s',
  async (_what, run) => {
    const thrown: unknown = await (async () => run())().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: expect.stringContaining('FST_') });
    expect(convertException(thrown)).toMatchObject({
      code: ErrorCode.SYSTEM_ERROR,
      retryable: false,
      httpStatus: 500,
    });
  },
);

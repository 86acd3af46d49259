import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CapturedLogs, captureLogs, getLogger, setupLogging } from '../../src/index.ts';

let logs: CapturedLogs;
const logger = getLogger('test');

beforeEach(() => {
  setupLogging({ console: false, caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

it('the web’s classes are written by their content, secrets masked', () => {
  const form = new FormData();
  form.append('tag', 'a');
  form.append('tag', 'b');
  form.append('file', new File(['abc'], 'notes.txt'));
  logger.info('m', {
    headers: new Headers({ authorization: 'Bearer abc', accept: 'text/plain' }),
    query: new URLSearchParams('page=2&api_key=k1&page=3'),
    form,
    response: new Response('x', { status: 503, headers: { 'set-cookie': 'sid=1' } }),
    request: new Request('https://u:pw@example.com/a'.replace('u:pw@', ''), { method: 'POST' }),
    blob: new Blob(['abcd']),
  });
  expect(logs.entries[0]).toMatchObject({
    headers: { authorization: '**********', accept: 'text/plain' },
    query: { page: ['2', '3'], api_key: '**********' },
    form: { tag: ['a', 'b'], file: '[File notes.txt, 3 bytes]' },
    response: { status: 503, headers: { 'set-cookie': '**********' } },
    request: { method: 'POST', url: 'https://example.com/a' },
    blob: '[Blob, 4 bytes]',
  });
});

it('names that are secret in a query only are masked in URLSearchParams', () => {
  const text = 'key=AbCd1234&sig=9f86d081&code=a1b2c3&k=zq8Kt3v&page=2&sort=key&code=404';
  logger.info('m', { query: new URLSearchParams(text) });
  expect(logs.entries[0]).toMatchObject({
    query: {
      key: '**********',
      sig: '**********',
      code: ['**********', '404'],
      k: '**********',
      page: '2',
      sort: 'key',
    },
  });
});

it('a form with one name a hundred thousand times is written in linear time', () => {
  logger.info('m', { form: new URLSearchParams('a=1&'.repeat(100_000)) });
  expect((logs.entries[0] as { form: { a: unknown[] } } | undefined)?.form.a.slice(0, 2)).toEqual([
    '1',
    '1',
  ]);
});

it('objects whose state is in getters are named, not written as empty ones', () => {
  class Tagged {
    get [Symbol.toStringTag]() {
      return 'Tagged';
    }
  }
  logger.info('m', {
    given: AbortSignal.abort(),
    open: new AbortController().signal,
    event: new Event('x'),
    items: [1].values(),
    stream: new ReadableStream(),
    tagged: new Tagged(),
    filled: Object.assign(new Tagged(), { a: 1 }),
    url: new URL('http://host/x'),
    entry: performance.mark('made'),
    empty: {},
    bare: Object.create(null),
  });
  performance.clearMarks('made');
  expect(logs.entries[0]).toMatchObject({
    given: '[AbortSignal, aborted]',
    open: '[AbortSignal]',
    event: '[Event]',
    items: '[Array Iterator]',
    stream: '[ReadableStream]',
    tagged: '[Tagged]',
    filled: { a: 1 },
    url: 'http://host/x',
    entry: { name: 'made', entryType: 'mark' },
    empty: {},
    bare: {},
  });
});

it('they are values, not fields, when they stand alone', () => {
  logger.info('m', new Headers({ accept: 'text/plain' }));
  logger.info('m', new URLSearchParams('a=1'));
  expect(logs.entries).toMatchObject([
    { args: [{ accept: 'text/plain' }] },
    { args: [{ a: '1' }] },
  ]);
});

it('HTTP messages of Node are written without their socket, and without secrets', async () => {
  const seen = new Promise<IncomingMessage>((resolve) => {
    const server = createServer((req, res) => {
      logger.info('Request', { req, res, raw: req.rawHeaders, again: { req } });
      res.end();
      server.close(() => resolve(req));
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const headers = {
        authorization: 'Bearer plain-4711',
        cookie: 'sid=plain-4711',
        accept: '*/*',
      };
      void fetch(`http://127.0.0.1:${port}/a?token=plain-4711&page=2`, {
        headers: { ...headers, connection: 'close' },
      });
    });
  });
  await seen;
  expect(logs.entries[0]).toMatchObject({
    req: { method: 'GET', url: '/a?token=**********&page=2', headers: { accept: '*/*' } },
    res: { status: 200 },
  });
  expect(logs.lines[0]).not.toContain('plain-4711');
  expect(logs.lines[0]?.length).toBeLessThan(4000);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis } from '@map-tooling/testing';
import { expect, onTestFinished, test } from 'vitest';
import { runChild } from '../support/child.ts';

interface SeenSpan {
  readonly name: string;
  readonly scope: string;
  readonly id: string;
  readonly parent: string | undefined;
}

test('the spans of the instrumentations of redis and undici are children of ours, and one header is sent', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const seen: string[][] = [];
  const upstream = createServer((request, response) => {
    const { rawHeaders } = request;
    seen.push(rawHeaders.filter((_, i) => rawHeaders[i - 1]?.toLowerCase() === 'traceparent'));
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end('{"usage":{"prompt_tokens":1,"completion_tokens":1}}');
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void upstream.close());
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;

  const child = runChild('test/fixtures/instrumented.ts', {
    env: { REDIS_URL: redis.url, METRICS_PORT: '0', UPSTREAM: `http://127.0.0.1:${port}/` },
  });
  expect(await child.ended).toEqual({ code: 0, signal: null });

  const { spans } = child.records.find(({ what }) => what === 'spans') as {
    spans: SeenSpan[];
  } & object;
  const step = spans.find(({ name }) => name === 'invoke_agent planner');
  const call = spans.find(({ name }) => name === 'chat m');
  const under = (parent: SeenSpan | undefined) =>
    spans.filter((span) => span.parent === parent?.id).map(({ name }) => name);
  expect(call?.parent).toBe(step?.id);
  expect(under(call)).toEqual(['POST']);
  expect(under(step)).toEqual(['redis-SET', 'redis-GET', 'redis-INCR', 'chat m']);
  const request = spans.find(({ name }) => name === 'POST');
  expect(seen).toEqual([
    [expect.stringContaining(request?.id ?? 'none')],
    [expect.stringContaining(step?.id ?? 'none')],
  ]);
});

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChild } from '../support/child.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test('one trace id is in the log lines, the outgoing header, the error, the exemplar and the consumer of another process', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const upstream = createServer((request, response) => {
    seen.push(request.headers);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const env = { REDIS_URL: redis.url, METRICS_PORT: '0' };
  const consumer = runChild('test/fixtures/consumer.ts', { env });
  const producer = runChild('test/fixtures/producer.ts', {
    env: { ...env, UPSTREAM: `http://127.0.0.1:${port}/` },
  });
  await Promise.all([consumer.waitFor(/"ready"/), producer.waitFor(/"ready".*\n/)]);
  const ready = producer.records.find(({ what }) => what === 'ready') as {
    port: number;
    metrics: string;
  } & object;

  const answer = await fetch(`http://127.0.0.1:${ready.port}/`, {
    headers: { traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
  });
  const problem = (await answer.json()) as Record<string, unknown>;
  await consumer.waitFor(/"message":"Task received".*\n/);
  await producer.waitFor(/"message":"no plan".*\n/);
  const scraped = await fetch(`${ready.metrics}/metrics`, {
    headers: { accept: 'application/openmetrics-text' },
  });
  const exemplars = (await scraped.text()).split('\n').filter((line) => line.includes(TRACE));
  producer.kill('SIGTERM');
  consumer.kill('SIGTERM');
  const ends = await Promise.all([producer.ended, consumer.ended]);
  upstream.close();

  // The answer to the client.
  expect(answer.status).toBe(500);
  expect(problem).toMatchObject({ code: 'AGENT_ERROR_6000', trace_id: TRACE });
  expect(JSON.stringify(problem)).not.toContain('no plan');
  // The log lines, that of the error among them.
  const lines = producer.records.filter(({ trace_id }) => trace_id === TRACE);
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['Request received', 'no plan']),
  );
  expect(lines.find(({ message }) => message === 'no plan')).toMatchObject({
    agent_id: 'planner',
    error_code: 'AGENT_ERROR_6000',
  });
  // The header of the outgoing request: the same trace, another span.
  expect(seen).toHaveLength(1);
  expect(seen[0]?.['traceparent']).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)`));
  // The exemplars.
  expect(exemplars.join('\n')).toMatch(
    /agent_operation_duration_seconds_bucket\{.*agent="planner"/,
  );
  expect(exemplars.join('\n')).toMatch(/http_request_duration_seconds_bucket/);
  expect(exemplars.join('\n')).toMatch(/connection_operation_duration_seconds_bucket/);
  // The consumer's line in the other process.
  const received = consumer.records.find(({ message }) => message === 'Task received');
  expect(received).toMatchObject({ trace_id: TRACE, task_id: 'task-1' });
  expect(ends).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
});

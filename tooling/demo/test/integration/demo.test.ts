import { expect, onTestFinished, test, vi } from 'vitest';
import { startEndpoint } from '../../src/endpoint.ts';
import { ownRedis, startDemo } from '../child.ts';
import { figure, scraped } from '../summary.ts';

// Whole runs, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

test('does every task on the Redis of --redis, and its summary agrees with its metrics', async () => {
  const redis = await ownRedis();
  const demo = await startDemo(['--tasks', '60', '--redis', redis.url]);
  expect(await demo.ended(), demo.output).toBe(0);
  const { output } = demo;
  expect(output).toContain(`the one at 127.0.0.1:${redis.port}`);
  const tasks = figure(output, /(\d+) tasks, seed 7/);
  expect(output).toContain(`${tasks} of ${tasks} done`);
  // A task whose models all took too long, as on a busy machine, is done again.
  expect(scraped(output, 'tasks_completed_total', 'status="success"')).toBe(tasks);
  expect(scraped(output, 'llm_requests_total')).toBe(figure(output, /^Model calls ([\d,]+)/m));
  expect(scraped(output, 'llm_fallbacks_total')).toBe(figure(output, /(\d+) fallbacks?$/m));
  const prompt = figure(output, /^Tokens +([\d,]+) prompt/m);
  const completion = figure(output, /, ([\d,]+) completion$/m);
  expect(scraped(output, 'llm_tokens_total')).toBe(prompt + completion);
  expect(output).toMatch(
    /One task, one trace id {2}[0-9a-f]{32} {2}seen in the headers at the model/,
  );
  expect(output).toMatch(/^Ended +every task done, every connection closed in /m);
  expect(await redis.command('DBSIZE')).toContain(':0');

  // Every log line of a task carries the trace id of its creation, its errors too.
  const lines = await demo.log();
  const ofTasks = lines.filter((line) => typeof line['task_id'] === 'string');
  const traces = Map.groupBy(ofTasks, (line) => line['task_id']);
  expect(traces.size).toBe(tasks);
  for (const [task, own] of traces) {
    expect(new Set(own.map((line) => line['trace_id'])).size, String(task)).toBe(1);
    expect(own.map((line) => line['message'])).toEqual(
      expect.arrayContaining(['Task queued', 'Task taken', 'Model answered', 'Task done']),
    );
  }
  // A document and its chunks share one.
  const tracesOf = (type: string) =>
    new Set(ofTasks.filter((line) => line['task_type'] === type).map((line) => line['trace_id']));
  expect(tracesOf('edit').size).toBe(tasks - 60);
  expect(tracesOf('chunk')).toEqual(tracesOf('edit'));
  const warnings = ofTasks.filter((line) => line['level'] === 'WARNING');
  expect(warnings.length).toBeGreaterThan(0);
  for (const { message } of warnings)
    expect(message).toMatch(/^(?:LLM_\w+|OPERATION_TIMEOUT_1002) /);
});

test('with a key in the settings it asks their endpoint, and no other', async () => {
  const redis = await ownRedis();
  const endpoint = await startEndpoint({ models: ['gpt-4o-mini'], apiKey: 'sk-of-the-settings' });
  onTestFinished(() => endpoint.close());
  const demo = await startDemo(['--tasks', '5', '--redis', redis.url], {
    OPENAI_API_KEY: 'sk-of-the-settings',
    LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL: endpoint.url,
  });
  expect(await demo.ended(), demo.output).toBe(0);
  expect(demo.output).toMatch(/^Models +openai\/gpt-4o-mini$/m);
  expect(endpoint.requests).toBe(figure(demo.output, /^Model calls ([\d,]+)/m));
  const log = await demo.log();
  expect(demo.output + JSON.stringify(log)).not.toContain('sk-of-the-settings');
  // The trace of a task's creation is the one that the model's provider gets to see.
  const traces = log.filter((line) => line['task_id']).map((line) => line['trace_id']);
  const sent = endpoint.traceparents.map((traceparent) => traceparent.split('-')[1]);
  expect(new Set(sent)).toEqual(new Set(traces));
});

test('SIGINT in the middle ends it with exit code 1 and leaves no key behind', async () => {
  const redis = await ownRedis();
  const demo = await startDemo(['--tasks', '2000', '--redis', redis.url]);
  await demo.prints(/^ \d\d%/m);
  demo.child.kill('SIGINT');
  expect(await demo.ended()).toBe(1);
  expect(demo.output).toMatch(/^Ended +OPERATION_CANCELLED_1003: Ended by SIGINT\./m);
  expect(await redis.command('DBSIZE')).toContain(':0');
});

test('--serve keeps the metrics port open until SIGINT, then ends with exit code 0', async () => {
  const demo = await startDemo(['--tasks', '10', '--serve']);
  const [, url = ''] = await demo.prints(/^Serving +(http:\S+) until Ctrl-C/m);
  const metrics = await fetch(new URL('/metrics', url));
  expect(await metrics.text()).toMatch(/^tasks_completed_total\{.*status="success".*\} 10$/m);
  expect(await fetch(new URL('/ready', url)).then(({ status }) => status)).toBe(200);
  demo.child.kill('SIGINT');
  expect(await demo.ended(), demo.output).toBe(0);
  expect(demo.output).toMatch(/^Ended +every task done, every connection closed/m);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a setting that makes no sense is reported by its name, with exit code 1', async () => {
  const demo = await startDemo([], { WORKER_COUNT: 'many' });
  expect(await demo.ended()).toBe(1);
  expect(demo.output).toMatch(/^CONFIG\w+_300\d: /m);
  expect(demo.output).toContain('WORKER_COUNT');
});

test('a Redis that was chosen and does not answer ends it with exit code 1', async () => {
  const demo = await startDemo(['--redis', 'redis://ann:s3cret@127.0.0.1:1']);
  expect(await demo.ended()).toBe(1);
  expect(demo.output).toBe(
    'REDIS_UNAVAILABLE_9101: No Redis answers at 127.0.0.1:1: CONNECTION_REFUSED_9001. ' +
      'Start it, or use --redis private.\n',
  );
});

test('the command line is explained by --help, and where it is wrong', async () => {
  const help = await startDemo(['--help']);
  expect(await help.ended()).toBe(0);
  expect(help.output).toContain('--tasks N');
  const wrong = await startDemo(['--tasks', 'x']);
  expect(await wrong.ended()).toBe(2);
  expect(wrong.output).toBe('--tasks must be a whole number from 1 to 100000, not "x".\n');
});

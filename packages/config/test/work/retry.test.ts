import { getEventListeners } from 'node:events';
import { BaseError, ErrorCode } from '@map/errors';
import { type CapturedLogs, captureLogs } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricValue } from '@map/metrics/testing';
import { ForeignSignal } from '@map-tooling/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { retry, runTask } from '../../src/index.ts';

let logs: CapturedLogs;

beforeEach(() => {
  logs = captureLogs();
  getMetricsManager().reset();
});
afterEach(() => logs.stop());

const quick = { baseDelayMs: 1, maxAttempts: 2 };
const fail = () =>
  Promise.reject(new BaseError({ code: ErrorCode.LLM_TIMEOUT, message: 'Too slow.' }));

test('a retry counts for the model call or the task that it stands in', async () => {
  const call = { provider: 'openai', model: 'gpt-4' };
  const refused = { code: ErrorCode.LLM_TIMEOUT };
  await expect(retry(fail, quick)).rejects.toMatchObject(refused);
  expect(metricValue('task_retries_total')).toBe(0);
  await expect(runTask({ type: 'ingest' }, () => retry(fail, quick))).rejects.toMatchObject(
    refused,
  );
  expect(metricValue('task_retries_total', { task_type: 'ingest' })).toBe(1);
  const asked = runTask({ type: 'ingest' }, () =>
    observeLlm({ ...call, operation: 'chat' }, () => retry(fail, quick)),
  );
  await expect(asked).rejects.toMatchObject(refused);
  expect(metricValue('llm_retries_total', { ...call, reason: ErrorCode.LLM_TIMEOUT })).toBe(1);
  expect(metricValue('task_retries_total')).toBe(1);
  expect(metricValue('metrics_rejected_total')).toBe(0);
});

test('its own listener is called too', async () => {
  const codes: string[] = [];
  const running = retry(fail, { ...quick, onRetry: ({ error }) => codes.push(error.code) });
  await expect(running).rejects.toMatchObject({ details: { attempts: 2 } });
  expect(codes).toEqual([ErrorCode.LLM_TIMEOUT]);
});

test.each([{}, { signal: new AbortController().signal }, { signal: ForeignSignal.make() }])(
  'it ends with the work around it, with the code of that',
  async (options) => {
    const retryAfterMs = 50_000;
    const busy = () =>
      Promise.reject(
        new BaseError({ code: ErrorCode.SERVICE_UNAVAILABLE, message: 'No.', retryAfterMs }),
      );
    const late = { code: ErrorCode.TASK_TIMEOUT };
    let inner: Promise<unknown> | undefined;
    const task = runTask({ type: 'ingest', timeoutMs: 20 }, () => {
      inner = retry(busy, options);
      return inner;
    });
    await expect(task).rejects.toMatchObject(late);
    await expect(inner).rejects.toMatchObject(late);
  },
);

test('inside a task it ends by a signal of another realm, and leaves no listener on it', async () => {
  const signal = ForeignSignal.make();
  const task = runTask({ type: 'ingest' }, () =>
    retry(() => new Promise(() => undefined), { signal }),
  );
  signal.abort(new Error('The page was closed.'));
  await expect(task).rejects.toMatchObject({ code: ErrorCode.OPERATION_CANCELLED });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test.each([
  ['options', null],
  ['options', 'twice'],
  ['onRetry', { onRetry: 5 }],
  ['signal', { signal: {} }],
])('`%s` that cannot be used is refused, inside a task too', async (option, options) => {
  const refused = { code: ErrorCode.CONFIG_INVALID, details: { option } };
  const start = () => retry(fail, options as never);
  await expect(start()).rejects.toMatchObject(refused);
  await expect(runTask({ type: 'ingest' }, start)).rejects.toMatchObject(refused);
});

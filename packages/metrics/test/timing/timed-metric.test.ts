import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MetricsManager, startTimer, timedMetric } from '../../src/index.ts';
import { metricValue, snapshotMetrics } from '../../src/testing.ts';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true });
});

const llm = () => manager.metric('llm', 'duration');
const timed = (labels = {}) => timedMetric(llm(), { model: 'm', ...labels });

function count(status?: string): number {
  return metricValue(
    'llm_request_duration_seconds',
    status === undefined ? {} : { status, model: 'm' },
    manager,
  );
}

describe('timedMetric', () => {
  test('a function keeps this, name, arity, result and error', () => {
    const add = timed()(function add(this: { base: number }, a: number, b: number) {
      return this.base + a + b;
    });
    expect(add.call({ base: 1 }, 2, 3)).toBe(6);
    expect([add.name, add.length]).toEqual(['add', 2]);
    const error = new TypeError('no');
    const fails = timed()(() => {
      throw error;
    });
    expect(fails).toThrow(error);
    expect([count('success'), count('error')]).toEqual([1, 1]);
    expect(metricValue('llm_errors_total', { model: 'm', error_type: 'TypeError' }, manager)).toBe(
      1,
    );
  });

  test('a promise is timed to its end, and a rejection stays one', async () => {
    let settle: (value: number) => void = () => undefined;
    const pending = timed()(() => new Promise<number>((resolve) => (settle = resolve)))();
    await Promise.resolve();
    expect(count()).toBe(0);
    settle(4);
    expect(await pending).toBe(4);
    expect(count('success')).toBe(1);
    const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    await expect(timed()(async () => Promise.reject(error))()).rejects.toBe(error);
    expect(metricValue('llm_errors_total', { error_type: 'ECONNRESET' }, manager)).toBe(1);
  });

  test('a lazy thenable keeps its methods and runs once', async () => {
    let runs = 0;
    class Query {
      readonly #rows = ['row'];
      extra(): string[] {
        return this.#rows;
      }
      // biome-ignore lint/suspicious/noThenProperty: query builders are thenables, and this test times one.
      then<R>(onValue: (rows: string[]) => R): Promise<R> {
        runs++;
        return Promise.resolve(this.#rows).then(onValue);
      }
    }
    const query = timed()(() => new Query())();
    expect(query).toBeInstanceOf(Query);
    expect(query.extra()).toEqual(['row']);
    expect([runs, count()]).toEqual([0, 0]);
    expect(await query).toEqual(['row']);
    expect([runs, count('success')]).toEqual([1, 1]);
    const frozen = timed()(() => Object.freeze(new Query()))();
    expect(await frozen).toEqual(['row']);
    expect(count('success')).toBe(2);
  });

  test('a generator is timed until it is used up, left or fails', () => {
    const numbers = timed()(function* (to: number): Generator<number, string, number | undefined> {
      let sent = 0;
      for (let i = 0; i < to; i++) sent += (yield i) ?? 0;
      return `sent ${sent}`;
    });
    const iterator = numbers(2);
    expect(Object.prototype.toString.call(iterator)).toBe('[object Generator]');
    expect(iterator.next()).toEqual({ done: false, value: 0 });
    expect(iterator.next(5)).toEqual({ done: false, value: 1 });
    expect(count()).toBe(0);
    expect(iterator.next(6)).toEqual({ done: true, value: 'sent 11' });
    expect(count('success')).toBe(1);
    for (const n of numbers(9)) if (n === 1) break;
    expect(count('success')).toBe(2);
    expect(() => numbers(1).throw(new RangeError('stop'))).toThrow(RangeError);
    expect(count('error')).toBe(1);
    expect([...numbers(3)]).toEqual([0, 1, 2]);
  });

  test('an async generator is timed until its stream ends, also behind a promise', async () => {
    const stream = async function* (fail: boolean): AsyncGenerator<string> {
      yield 'a';
      yield 'b';
      if (fail) throw new Error('broken');
    };
    const direct = timed()(stream);
    let text = '';
    for await (const piece of direct(false)) {
      expect(count()).toBe(0);
      text += piece;
    }
    expect([text, count('success')]).toEqual(['ab', 1]);
    const later = timed()(async (fail: boolean) => stream(fail));
    const broken = await later(true);
    const readAll = async () => {
      for await (const _piece of broken);
    };
    await expect(readAll()).rejects.toThrow('broken');
    expect(count('error')).toBe(1);
    for await (const _piece of direct(false)) break;
    expect(count('success')).toBe(2);
  });

  test('labels come from the outcome, and every call can be counted', async () => {
    const operations = manager.metric('memory', 'operations');
    const save = timedMetric(
      manager.metric('memory', 'duration'),
      { operation_type: 'write' },
      {
        count: operations,
        labelsFor: ({ args, error }) => ({
          memory_type: error === undefined ? String(args[0]) : 'none',
        }),
      },
    )((where: string) => {
      if (where === '') throw new Error('nowhere');
    });
    save('redis');
    expect(() => save('')).toThrow('nowhere');
    const value = (labels: object) =>
      metricValue('agent_memory_operations_total', { operation_type: 'write', ...labels }, manager);
    expect(value({ memory_type: 'redis', status: 'success' })).toBe(1);
    expect(value({ memory_type: 'none', status: 'error' })).toBe(1);
    expect(
      metricValue('agent_memory_operation_duration_seconds', { memory_type: 'redis' }, manager),
    ).toBe(1);
  });

  test('a callback for labels that fails does not fail the call', () => {
    const labelsFor = () => {
      throw new Error('labels');
    };
    expect(timedMetric(llm(), { model: 'm' }, { labelsFor })(() => 1)()).toBe(1);
    expect(count('success')).toBe(1);
  });

  test('with collection off the function is called as it is', () => {
    manager.configure({ enabled: false });
    const result = {};
    expect(timed()(() => result)()).toBe(result);
    expect(count()).toBe(0);
  });
});

describe('startTimer', () => {
  test('records once, with the labels known at the end', () => {
    const timer = startTimer(manager.metric('task', 'duration'), { task_type: 'a' });
    const seconds = timer.stop({ status: 'success' });
    expect(timer.stop()).toBe(seconds);
    expect(snapshotMetrics(manager)).toMatchObject([
      {
        name: 'task_duration_seconds',
        labels: { task_type: 'a', status: 'success' },
        value: 1,
        sum: seconds,
      },
    ]);
  });

  test('its using block is what is timed', () => {
    const observe = vi.spyOn(manager.metric('tool', 'duration'), 'observe');
    {
      using timer = startTimer(manager.metric('tool', 'duration'), { tool: 'search' });
      expect(timer).toBeDefined();
      expect(observe).not.toHaveBeenCalled();
    }
    expect(metricValue('tool_execution_duration_seconds', { tool: 'search' }, manager)).toBe(1);
  });
});

describe('what cannot be read', () => {
  const unreadable = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };

  test('is passed through as a result, at once and from a promise', async () => {
    const failing = () => {
      throw new Error('no');
    };
    const results = [unreadable(), Object.defineProperty({}, 'then', { get: failing })];
    for (const result of results) expect(Object.is(timed()(() => result)(), result)).toBe(true);
    expect(count('success')).toBe(2);
    const promised = timed()(async () => ({ value: unreadable() }));
    expect(typeof (await promised()).value).toBe('object');
  });

  test('is refused as labels, and the call continues', () => {
    manager.configure({ strict: false });
    const wrong = unreadable();
    expect(timedMetric(llm(), wrong)(() => 1)()).toBe(1);
    expect(timedMetric(llm(), {}, { labelsFor: () => wrong })(() => 1)()).toBe(1);
    expect(startTimer(llm(), wrong).stop()).toBeGreaterThanOrEqual(0);
    expect(startTimer(llm()).stop(wrong)).toBeGreaterThanOrEqual(0);
    expect(metricValue('metrics_rejected_total', { reason: 'label' }, manager)).toBe(2);
  });
});

test.each([5, null, undefined, '', {}, []])('%s is neither a metric nor a function', (nothing) => {
  const refused = expect.objectContaining({ code: 'METRICS_OPTION_INVALID' });
  expect(() => timedMetric(nothing as never)).toThrow(refused);
  expect(() => timedMetric(llm())(nothing as never)).toThrow(refused);
  expect(() => startTimer(nothing as never)).toThrow(refused);
});

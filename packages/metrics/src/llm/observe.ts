import { otelApi } from '@map/redaction/kernel';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { replaceThen } from '../timing/thenable.ts';
import type { ReportedCall } from './call/call.ts';
import { currentCostMeter } from './call/cost-meter.ts';
import { inLlmCall } from './call/current-call.ts';
import { LlmObserver } from './call/observer.ts';
import type { OnLeft, Reading } from './call/reading.ts';
import { isThenable } from './usage/loose.ts';
import { ParsedBody } from './watch/parsed-body.ts';
import { replace } from './watch/replace.ts';
import { watch } from './watch/watch.ts';

/**
 * Observes a model call.
 *
 * @param onLeft Of a request that a framework reports, which is not counted again inside: ends the
 * call when the receiver has left its stream before the end.
 */
export function observe<T>(call: ReportedCall, run: () => T, onLeft?: OnLeft): T {
  const { enabled } = call.manager ?? getMetricsManager();
  const isRecorded = enabled || otelApi()?.trace !== undefined;
  // The work around it may stop at a budget, which does not depend on metrics.
  if (!isRecorded && currentCostMeter() === undefined) return run();
  const observer = new LlmObserver(call, onLeft);
  const { provider, model } = call;
  let result: T;
  try {
    const names = { provider, model, isReported: onLeft !== undefined };
    result = inLlmCall(names, () => observer.run(run));
  } catch (error) {
    observer.reading.failed(error);
    throw error;
  }
  return observeResult(result, observer.reading) as T;
}

/** A result that cannot be read, such as a revoked proxy, is passed through. */
function observeResult(result: unknown, reading: Reading): unknown {
  try {
    // Awaiting a tool runner iterates it; the promise of a page can be awaited or iterated.
    if (isThenable(result) && (!(Symbol.asyncIterator in result) || 'asResponse' in result)) {
      return watchThenable(result, reading);
    }
  } catch {
    reading.end();
    return result;
  }
  return observeValue(result, reading);
}

/** A plain promise is replaced by one that follows it; any other thenable is observed in place. */
function watchThenable(result: PromiseLike<unknown>, reading: Reading): unknown {
  const onValue = memo((value: unknown) => observeValue(value, reading));
  const fail = (error: unknown): never => {
    reading.failed(error);
    throw error;
  };
  if (result instanceof Promise && result.constructor === Promise) {
    return result.then(onValue, fail);
  }
  const original = result.then;
  const body = new ParsedBody(result);
  const failWithBody = (error: unknown): never => {
    if (body.value !== undefined) reading.step(body.value);
    return fail(error);
  };
  const then = (onFulfilled?: unknown, onRejected?: unknown): unknown =>
    body
      .before(() => original.call(result, onValue, failWithBody))
      .then(onFulfilled as never, onRejected as never);
  if (!replaceThen(result, then)) reading.end();
  watchResponses(result, body, onValue, failWithBody);
  return result;
}

/** Observes the other ways to take the response of an SDK: they do not use `then`. */
function watchResponses(
  promise: object,
  body: ParsedBody,
  onValue: (value: unknown) => unknown,
  fail: (error: unknown) => never,
): void {
  // One uses the other.
  let isWithin = false;
  for (const name of ['asResponse', 'withResponse']) {
    replace(promise, name, (original) => (...args) => {
      if (isWithin) return original.apply(promise, args);
      const ask = (): PromiseLike<unknown> => {
        isWithin = true;
        try {
          return original.apply(promise, args) as PromiseLike<unknown>;
        } finally {
          isWithin = false;
        }
      };
      const response = name === 'withResponse' ? body.before(ask) : ask();
      return isThenable(response) ? Promise.resolve(response).then(onValue, fail) : response;
    });
  }
}

function observeValue(value: unknown, reading: Reading): unknown {
  try {
    return watch(value, reading);
  } catch {
    reading.end();
    return value;
  }
}

/** Observes the first value, however often it is requested; others are further views of it. */
function memo(run: (value: unknown) => unknown): (value: unknown) => unknown {
  let known: { given: unknown; observed: unknown } | undefined;
  return (value) => {
    known ??= { given: value, observed: run(value) };
    return known.given === value ? known.observed : value;
  };
}

import type { UnitSpan } from '@map/redaction/kernel';
import type { MetricsManager } from '../../manager/manager.ts';
import { getMetricsManager } from '../../manager/shared-manager.ts';
import { classify } from '../answer/failure.ts';
import type { LlmCall, RecordingOptions } from './call.ts';

/** The recorder of an operation and its parts. */
export interface Recording {
  readonly prices: LlmCall['prices'];
  readonly manager: MetricsManager;
}

/**
 * Operations whose end is awaited. A stream that is not read has none: past this number, the oldest
 * is ended, so that an application that leaves streams unread keeps its memory.
 */
export const MAX_OPEN = 10_000;

/** The shared manager is looked up when it is needed: an application may configure it later. */
export function recordingOf({ prices, manager }: RecordingOptions): Recording {
  return { prices, manager: manager ?? getMetricsManager() };
}

/** Runs a function inside of a span, if there is one. */
export function inSpan<T>(span: UnitSpan | undefined, run: () => T): T {
  return span === undefined ? run() : span.run(run);
}

/** Records why a span failed, as the metrics of model calls name it. */
export function fail(
  span: UnitSpan,
  error: unknown,
  { manager }: Pick<Recording, 'manager'>,
  signal: AbortSignal | undefined = manager.signal,
): void {
  const { type, status } = classify(error, signal, manager.errorType);
  span.fail({ type, error, isError: status === 'error' });
}

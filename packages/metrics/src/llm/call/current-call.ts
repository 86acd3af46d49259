import { runWithin, surroundings } from '@map/redaction/kernel';
import type { LlmCall } from './call.ts';

type CallNames = Pick<LlmCall, 'provider' | 'model'>;

interface CurrentCall extends CallNames {
  /** Whether a framework reports it, so that it is counted without `observeLlm`. */
  readonly isReported?: boolean;
}

function currentCall(): CurrentCall | undefined {
  return surroundings().call as CurrentCall | undefined;
}

/** Runs a function as part of a model call. */
export function inLlmCall<T>(call: CurrentCall, run: () => T): T {
  return runWithin({ call }, run);
}

/** Runs a function that a model has requested, such as a tool: its calls are not the model's. */
export function outsideLlmCall<T>(run: () => T): T {
  return runWithin({ call: undefined }, run);
}

/** Whether the running code is part of a request to a model that a framework reports. */
export function isReported(model: string): boolean {
  const call = currentCall();
  return call?.isReported === true && call.model === model;
}

/** Whether the running code is part of a call that the application observes. */
export function isObserved(): boolean {
  const call = currentCall();
  return call !== undefined && call.isReported !== true;
}

/**
 * Returns the model call that the running code is part of, for what is counted beneath the SDK,
 * such as retries.
 *
 * @returns Its provider and model; undefined outside of `observeLlm`.
 * @example
 * ```ts
 * import { currentLlmCall, observeLlm } from '@map/metrics/llm';
 *
 * observeLlm({ provider: 'openai', model: 'gpt-4' }, () => currentLlmCall()?.model); // 'gpt-4'
 * ```
 */
export function currentLlmCall(): CallNames | undefined {
  const call = currentCall();
  // Nothing else: callers pass it on as labels.
  return call && { provider: call.provider, model: call.model };
}

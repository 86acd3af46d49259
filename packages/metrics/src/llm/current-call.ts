import { AsyncLocalStorage } from 'node:async_hooks';
import { processState } from '@map/redaction/kernel';
import type { LlmCall } from './observer.ts';

type CallNames = Pick<LlmCall, 'provider' | 'model'>;

function calls(): AsyncLocalStorage<CallNames> {
  return processState('@map/metrics/llm-call', () => new AsyncLocalStorage<CallNames>());
}

/** Runs a function as part of a model call. */
export function inLlmCall<T>(call: CallNames, run: () => T): T {
  return calls().run(call, run);
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
  return calls().getStore();
}

// Functions that the packages of MAP share. Applications use the main entry: nothing here is covered by
// semantic versioning.

export {
  activeSpan,
  type OtelSpanContext,
  otelApi,
  otelLogs,
  otelProviders,
} from './otel/api.ts';
export type { RemoteIds } from './otel/remote-parent.ts';
export {
  otelContextOf,
  type SpanAttributes,
  type SpanOptions,
  startSpan,
  UnitSpan,
} from './otel/unit-span.ts';
export { type PathNode, stepInto } from './policy/paths.ts';
export { POLICY_OPTIONS } from './policy/policy.ts';
export { redactionVersion } from './policy/process-wide.ts';
export { DeadlineQueue, type Expiring } from './process/deadline-queue.ts';
export { ignoreRejection } from './process/ignore-rejection.ts';
export { type Linked, LinkedList } from './process/linked-list.ts';
export { keepRejections, rejectedValue } from './process/rejections.ts';
export { processState } from './process/state.ts';
export {
  enterSurroundings,
  runWithin,
  type Surroundings,
  surroundings,
} from './process/surroundings.ts';
export { MAX_TIMER_MS, type TimeLimitOptions, withTimeLimit } from './process/time-limit.ts';
export { type StartedTimer, Timers } from './process/timers.ts';
export { valueAtOnce } from './process/value-at-once.ts';
export { foreignMessage } from './redact/foreign-message.ts';
export { isEntryOfSecret, isNamedSecret } from './redact/redact-value.ts';
export { processRedactor, Redactor } from './redact/redactor.ts';
export {
  firstItems,
  has,
  isAbortSignal,
  isArray,
  isMap,
  isNativeError,
  isObject,
  isSet,
  read,
  readNumber,
  readString,
  shortString,
} from './safe/read.ts';
export { quote } from './text/json.ts';
export { withSocketHost } from './text/urls.ts';
export { closest, editDistance } from './words/closest.ts';
export { describeValue } from './words/describe-value.ts';
export { optionNames, type UnknownOption, unknownOption } from './words/unknown-option.ts';

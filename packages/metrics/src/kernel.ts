// What the packages of MAP share of model calls and requests, without what observes them: a start does
// not load it.
// Applications use `@map/metrics/llm`: nothing here is covered by semantic versioning.

export { cutStatus, endStatus } from './http/cut-response.ts';
export { type CostMeter, makeMeter, meterCost, workFailed } from './llm/call/cost-meter.ts';
export { currentLlmCall } from './llm/call/current-call.ts';

export { type GatherOptions, gatherWorkers, type WorkerGathering } from './worker-gathering.ts';
export { type ShareOptions, shareMetrics } from './worker-sharing.ts';

export { type GatherOptions, gatherWorkers, type WorkerGathering } from './gathering.ts';
export { type ShareOptions, shareMetrics } from './sharing.ts';

export { type Certificate, makeCertificate } from './certificate.ts';
export { type AxeFinding, axeFindings, startChromium } from './chromium.ts';
export { type Cluster, moveSlot, startCluster } from './cluster.ts';
export { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
export { brokenSignal, ForeignSignal } from './foreign-signal.ts';
export { type HostileValue, hostileArbitrary, hostileValues } from './hostile-values.ts';
export { type OwnTimers, watchOwnTimers } from './own-timers.ts';
export { freePort } from './port.ts';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres.ts';
export {
  type PrometheusOptions,
  type PrometheusSample,
  type PrometheusServer,
  promtoolRun,
  startPrometheus,
} from './prometheus.ts';
export { type Program, type ProgramSource, provide } from './provision.ts';
export { type RedisOptions, type RedisServer, startRedis } from './redis.ts';
export { type Sentinels, startSentinels } from './sentinel.ts';
export { ServerProcess, type ServerProcessOptions } from './server-process.ts';

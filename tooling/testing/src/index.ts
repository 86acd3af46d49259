export { type Certificate, makeCertificate } from './certificate.ts';
export { freePort } from './port.ts';
export { type Program, type ProgramSource, provide } from './provision.ts';
export { type RedisOptions, type RedisServer, startRedis } from './redis.ts';
export { ServerProcess, type ServerProcessOptions } from './server-process.ts';

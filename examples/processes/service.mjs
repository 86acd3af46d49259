import { initializeConfig, logger } from '@map/config';

const config = await initializeConfig();
const log = logger.getLogger('service');
config.onShutdown('last line', () => log.info('the last line'));
await config.connections.redisConnection((redis) => redis.set('place', 'yes'));
setInterval(() => {}, 1_000);
log.info('ready', { pid: process.pid });

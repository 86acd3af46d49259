import { getLogger, setupLogging } from '@map/logger';

setupLogging({ level: 'INFO' });
getLogger('cold').info('ready');

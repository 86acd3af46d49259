import { getLogger, setupLogging } from '../../dist/index.js';

setupLogging({ level: 'INFO' });
getLogger('cold').info('ready');

/** Logs to winston's File, then throws or rejects with winston's own handlers on: `<how> <folder>`. */
import { join } from 'node:path';
import winston from 'winston';
import { getLogger, setupLogging } from '../../../src/index.ts';

const [ending, folder = '.'] = process.argv.slice(2);
const file = (name: string): winston.transport =>
  new winston.transports.File({ filename: join(folder, name) });

setupLogging({ console: false, transports: [file('app.log')] });
const logger = getLogger('app');
logger.exceptions.handle(file('exceptions.log'));
logger.rejections.handle(file('rejections.log'));
for (let index = 0; index < 2000; index += 1) logger.info('line', { index });
if (ending === 'reject') void Promise.reject(new RangeError('the end'));
else throw new RangeError('the end');

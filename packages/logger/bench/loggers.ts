import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { configure, getLogger as getLogTape, jsonLinesFormatter, reset } from '@logtape/logtape';
import pino from 'pino';
import winston from 'winston';
import {
  closeLogging,
  getLoggerWithContext,
  type LoggingOptions,
  setupLogging,
} from '../src/index.ts';

/** A logger set up to write nine fields a line to a file. */
export interface Contestant {
  line(): void;
  debug(): void;
  close(): Promise<unknown>;
}

const IDS = { trace_id: 'unique-trace-123', task_id: 'task-456', agent_id: 'agent-789' };
const FIELDS = { custom_field: 'custom value', execution_time: 0.0123 };
const MESSAGE = 'Log message text';

/** Ours, with options of its own. */
export function ours(options: LoggingOptions): (path: string) => Contestant {
  return (file) => {
    setupLogging({ console: false, file, caller: 'never', ...options });
    const logger = getLoggerWithContext('module.name', IDS);
    return {
      line: () => void logger.info(MESSAGE, FIELDS),
      debug: () => void logger.debug(MESSAGE, FIELDS),
      close: () => closeLogging(),
    };
  };
}

/** pino with the same fields and ISO time. */
export function pinoTo(sync: boolean): (path: string) => Contestant {
  return (dest) => {
    const destination = pino.destination(sync ? { dest, sync } : { dest, sync, minLength: 4096 });
    const options: pino.LoggerOptions = {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    };
    const logger = pino(options, destination).child({ name: 'module.name', ...IDS });
    return {
      line: () => logger.info(FIELDS, MESSAGE),
      debug: () => logger.debug(FIELDS, MESSAGE),
      close: async () => {
        destination.end();
        await once(destination, 'close');
      },
    };
  };
}

/** winston with its JSON format and a timestamp. */
export function winstonTo(path: string): Contestant {
  const { combine, json, timestamp } = winston.format;
  const stream = createWriteStream(path, { flags: 'a' });
  const logger = winston.createLogger({
    format: combine(timestamp(), json()),
    transports: [new winston.transports.Stream({ stream })],
  });
  const child = logger.child({ name: 'module.name', ...IDS });
  return {
    line: () => void child.info(MESSAGE, FIELDS),
    debug: () => void child.debug(MESSAGE, FIELDS),
    close: async () => {
      logger.end();
      await once(logger, 'finish');
      stream.end();
      await once(stream, 'close');
    },
  };
}

/** LogTape with its JSON lines. */
export async function logTapeTo(path: string): Promise<Contestant> {
  const stream = createWriteStream(path, { flags: 'a' });
  await configure({
    reset: true,
    sinks: { file: (record) => stream.write(jsonLinesFormatter(record)) },
    loggers: [
      { category: 'module.name', lowestLevel: 'info', sinks: ['file'] },
      { category: ['logtape', 'meta'], lowestLevel: 'fatal' },
    ],
  });
  const logger = getLogTape('module.name').with(IDS);
  return {
    line: () => logger.info(MESSAGE, FIELDS),
    debug: () => logger.debug(MESSAGE, FIELDS),
    close: async () => {
      await reset();
      stream.end();
      await once(stream, 'close');
    },
  };
}

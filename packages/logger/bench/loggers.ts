import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { configure, getLogger as getLogTape, jsonLinesFormatter, reset } from '@logtape/logtape';
import pino from 'pino';
import winston from 'winston';
import {
  closeLogging,
  getLogger,
  getLoggerWithContext,
  type LoggingOptions,
  runWithContext,
  setupLogging,
} from '../src/index.ts';

/** A logger set up to write nine fields a line to a file. */
export interface Contestant {
  /** Writes one line; the fields of the call are always the same unless given. */
  line(fields?: Fields): void;
  debug(): void;
  close(): Promise<unknown>;
}

const TRACE = { trace_id: 'unique-trace-123' };
const IDS = { ...TRACE, task_id: 'task-456', agent_id: 'agent-789' };
const FIELDS: Fields = { custom_field: 'custom value', execution_time: 0.0123 };

/** The fields of a call. */
export type Fields = Record<string, string | number>;
const MESSAGE = 'Log message text';

/** Ours, with separate options. */
export function ours(options: LoggingOptions, message = MESSAGE): (path: string) => Contestant {
  return (file) => {
    setupLogging({ console: false, file, caller: 'never', ...options });
    const logger = getLoggerWithContext('module.name', IDS);
    return {
      line: (fields = FIELDS) => void logger.info(message, fields),
      debug: () => void logger.debug(message, FIELDS),
      close: () => closeLogging(),
    };
  };
}

const PINO: pino.LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  messageKey: 'message',
  formatters: { level: (label) => ({ level: label.toUpperCase() }) },
};

/** pino with the same fields and ISO time. */
export function pinoTo(sync: boolean, message = MESSAGE): (path: string) => Contestant {
  return (dest) => {
    const destination = pino.destination(sync ? { dest, sync } : { dest, sync, minLength: 4096 });
    const logger = pino(PINO, destination).child({ name: 'module.name', ...IDS });
    return {
      line: (fields = FIELDS) => logger.info(fields, message),
      debug: () => logger.debug(FIELDS, message),
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
    line: (fields = FIELDS) => void child.info(MESSAGE, fields),
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
    line: (fields = FIELDS) => logger.info(MESSAGE, fields),
    debug: () => logger.debug(MESSAGE, FIELDS),
    close: async () => {
      await reset();
      stream.end();
      await once(stream, 'close');
    },
  };
}

/** Ours inside contexts that each add one field. */
export function oursInside(depth: number): (path: string) => Contestant {
  return (file) => {
    setupLogging({ console: false, file, caller: 'never' });
    const logger = getLogger('module.name');
    const enter = <T>(level: number, call: () => T): T =>
      level === 0
        ? call()
        : runWithContext({ [`step_${level}`]: level }, () => enter(level - 1, call));
    const inside = runWithContext(TRACE, () => enter(depth, () => AsyncLocalStorage.snapshot()));
    return {
      line: () => inside(() => void logger.info(MESSAGE)),
      debug: () => inside(() => void logger.debug(MESSAGE)),
      close: () => closeLogging(),
    };
  };
}

/** pino with a child for each field. */
export function pinoInside(depth: number): (path: string) => Contestant {
  return (dest) => {
    const destination = pino.destination({ dest, sync: false, minLength: 4096 });
    let logger: pino.Logger = pino(PINO, destination).child({ name: 'module.name', ...TRACE });
    for (let level = depth; level > 0; level -= 1)
      logger = logger.child({ [`step_${level}`]: level });
    return {
      line: () => logger.info(MESSAGE),
      debug: () => logger.debug(MESSAGE),
      close: async () => {
        destination.end();
        await once(destination, 'close');
      },
    };
  };
}

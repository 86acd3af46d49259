import winston from 'winston';
import {
  type ContextFields,
  type ContextLogger,
  captureLogs,
  closeLogging,
  getContext,
  getLogger,
  getLoggerWithContext,
  type LevelName,
  LogContext,
  type LogEntry,
  type LoggingOptions,
  runWithContext,
  setLogLevel,
  setupLogging,
  type TraceLogger,
} from '../src/index.ts';
import { toWinston } from '../src/winston/to-winston.ts';

const logger: TraceLogger = setupLogging({ level: 'info', levels: { 'map.a': 'WARN' } });
const same: TraceLogger = logger.info('text', { n: 1 }).error(new Error('e')).warn('%s', 'x');
const bound: ContextLogger = getLoggerWithContext('x', { task_id: 't', other: 5 });
const fields: ContextFields = bound.context;
const child: ContextLogger = same.child({ request: 1 });
const typed: winston.Logger = toWinston(child);
const entry: LogEntry | undefined = captureLogs({ level: 'debug' }).find(/x/);
const closed: Promise<void> = closeLogging({ timeoutMs: 5 });
const inside: number = runWithContext({ trace_id: 't' }, () => 5);
const awaited: Promise<string> = runWithContext(LogContext.fromHeaders({}), async () => 'x');
const traceId: string | undefined = getContext()?.traceId;
const level: LevelName | undefined = entry?.level;
export const used: unknown[] = [fields, typed, closed, inside, awaited, traceId, level];

setLogLevel('map.*', undefined);
logger.startTimer().done({ message: 'm', level: 'debug' });

setupLogging({ level: process.env['LOG_LEVEL'] ?? 'info' });
// @ts-expect-error no such option
setupLogging({ levle: 'INFO' });
// @ts-expect-error no such preset
setupLogging({ preset: 'prod' });
// @ts-expect-error a path is text
setupLogging({ file: 5 });
// @ts-expect-error secrets are texts, or reveal one
setupLogging({ redact: { values: [5] } });
// @ts-expect-error sizes are in bytes, and their name says so
export const options: LoggingOptions = { file: { path: 'x', rotate: { size: 5 } } };
// @ts-expect-error a name is text
getLogger(5);
// @ts-expect-error a trace id is text
runWithContext({ trace_id: 5 }, () => {});
// @ts-expect-error bound fields are not changed
bound.context.task_id = 'other';
logger.fatal('m');
Promise.resolve().catch(logger.error);
setupLogging({ transports: [new winston.transports.Console(), new winston.transports.File({})] });
// @ts-expect-error no such method
logger.add(new winston.transports.Console());

import { isoMicros } from './clock.ts';
import type { ContextFields, LogContext } from './context.ts';
import type { LevelName } from './level.ts';
import { quote, serialize } from './serializer.ts';
import { activeSpan } from './span.ts';
import { newTraceId } from './trace-id.ts';

/** One line's content before it is formatted. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LevelName;
  readonly name: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  readonly bound?: ContextFields | undefined;
  readonly context?: LogContext | undefined;
}

const SLOTS = new Set(['trace_id', 'task_id', 'agent_id', 'execution_time']);
const RESERVED = new Set(['timestamp', 'level', 'name', 'message']);

/** Formats records as JSON lines with the fields of the specification in its order. */
export class JsonFormatter {
  /** Makes one line, without its line feed; never throws. */
  format(record: LogRecord): string {
    const all: Record<string, unknown> = {
      ...record.context?.fields,
      ...record.bound,
      ...record.fields,
    };
    all['trace_id'] ??= activeSpan()?.traceId ?? newTraceId();
    let line = `{"timestamp":"${isoMicros(record.timeMs)}","level":"${record.level}"`;
    line += `,"name":${quote(record.name)},"message":${quote(record.message)}`;
    for (const key of ['trace_id', 'task_id', 'agent_id']) line += member(key, all[key]);
    for (const key of Object.keys(all)) {
      if (SLOTS.has(key)) continue;
      line += member(RESERVED.has(key) ? `${key}_` : key, all[key]);
    }
    return `${line}${member('execution_time', all['execution_time'])}}`;
  }
}

function member(key: string, value: unknown): string {
  const json = serialize(value);
  return json === undefined ? '' : `,${quote(key)}:${json}`;
}

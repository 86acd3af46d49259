import {
  activeSpan,
  enterSurroundings,
  type OtelSpanContext,
  type RemoteIds,
  runWithin,
  surroundings,
} from '@map/redaction/kernel';
import { LoggingOptionError } from '../level/option-error.ts';
import { activeBaggage, parseBaggage } from './baggage.ts';
import { type ContextFields, jsonFields, readableFields } from './context-fields.ts';
import type { FieldLayer } from './field-source.ts';
import { header, record } from './header.ts';
import { newSpanId, newTraceId, toW3cTraceId } from './trace-id.ts';
import { formatTraceparent, parseTraceparent, parseTracestate } from './traceparent.ts';

/** A context as plain JSON, for the message of a queue. */
export interface ContextCarrier {
  traceparent: string;
  tracestate?: string;
  baggage?: string;
  context: Record<string, unknown>;
}

interface Trace {
  /** Whether the caller gave the trace id; a generated one yields to that of the active span. */
  readonly given: boolean;
  readonly flags: number;
  readonly tracestate: string | undefined;
  /** The id that came in a header, where the lines show another. */
  readonly w3cId?: string | undefined;
  /** The span that came in a header. */
  readonly parentId?: string | undefined;
  readonly baggage?: string | undefined;
}

const NEW_TRACE: Trace = { given: false, flags: 1, tracestate: undefined };

/**
 * The fields and the trace of the current work; immutable, made by `runWithContext`.
 * @example
 * ```ts
 * import { getContext, runWithContext } from '@map/logger';
 *
 * runWithContext({ task_id: 'task-456' }, () => {
 *   console.log(getContext()?.fields.task_id); // task-456
 * });
 * ```
 */
export class LogContext {
  /** The fields, `trace_id` among them; frozen. */
  readonly fields: ContextFields & { readonly trace_id: string };
  /** @internal */
  readonly trace: Trace;
  /** @internal */
  readonly layers: FieldLayer[] = [];
  #spanId: string | undefined;

  /**
   * @param fields A copy that `copyFields` made.
   * @internal
   */
  constructor(fields: ContextFields, trace: Trace, traceId: string) {
    this.fields = Object.freeze({ ...fields, trace_id: traceId });
    this.trace = trace;
  }

  /** Whether the caller gave the trace id; a generated one yields to that of the active span. */
  get given(): boolean {
    return this.trace.given;
  }

  /** The id all lines of this context share. */
  get traceId(): string {
    return this.fields.trace_id;
  }

  /**
   * Makes the headers that hand this trace to another service.
   * @returns `traceparent` of the active OpenTelemetry span if it is of this trace, otherwise of the
   * context; and `tracestate` when one came in.
   */
  toHeaders(): Record<string, string> {
    const span = this.#activeSpan();
    if (span !== undefined) return spanHeaders(span, this.trace.tracestate);
    this.#spanId ??= newSpanId();
    const headers: Record<string, string> = {
      traceparent: formatTraceparent({
        traceId: w3cTraceId(this),
        parentId: this.#spanId,
        flags: this.trace.flags,
      }),
    };
    if (this.trace.tracestate !== undefined) headers['tracestate'] = this.trace.tracestate;
    return headers;
  }

  /** The span that one of this trace continues: the one that came in, or that of the headers. @internal */
  get parent(): RemoteIds {
    const { flags: traceFlags, tracestate, baggage, parentId } = this.trace;
    this.#spanId ??= newSpanId();
    const spanId = parentId ?? this.#spanId;
    return { traceId: w3cTraceId(this), spanId, traceFlags, tracestate, baggage };
  }

  /** A context with further fields, as `runWithContext` makes it inside of this one. @internal */
  with(fields: ContextFields): LogContext {
    return makeContext(fields, this);
  }

  /** Adds fields for the rest of the function of `runWithContext` that runs. @internal */
  enter(fields: ContextFields): void {
    enterSurroundings({ context: this.with(fields) });
  }

  /** The active OpenTelemetry span, where it is of this trace. */
  #activeSpan(): OtelSpanContext | undefined {
    const span = activeSpan();
    if (span === undefined || w3cTraceId(this) === span.traceId) return span;
    return !this.given && getContext() === this ? span : undefined;
  }

  /**
   * Makes what a queue's message carries: plain JSON with the trace and the fields.
   * @returns The carrier, for {@link LogContext.fromCarrier} on the other side.
   */
  toCarrier(): ContextCarrier {
    const span = this.#activeSpan();
    const context = jsonFields(this.fields);
    if (span !== undefined && !this.given) context['trace_id'] = span.traceId;
    return { ...this.toHeadersWithBaggage(), context } as ContextCarrier;
  }

  /** The headers of the trace, and the baggage that came in. @internal */
  toHeadersWithBaggage(): Record<string, string> {
    const span = this.#activeSpan();
    const baggage = span === undefined ? this.trace.baggage : activeBaggage(this.trace.baggage);
    return baggage === undefined ? this.toHeaders() : { ...this.toHeaders(), baggage };
  }

  /** The context that `runWithContext` makes inside of the current one. @internal */
  static within(context: ContextFields | LogContext): LogContext {
    const parent = getContext();
    return isContext(context) ? adopt(context, parent) : makeContext(context, parent);
  }

  /**
   * Makes a context of a carrier; what is not valid in it is left out, so any value is taken.
   * @param carrier What {@link LogContext.toCarrier} made, after any transport; or a context, which is
   * returned.
   * @returns The context, for `runWithContext`.
   */
  static fromCarrier(carrier: unknown): LogContext {
    return isContext(carrier) ? carrier : carried(carrier, undefined);
  }

  /** The context of a carrier inside of the current one, with further fields: made at once. @internal */
  static fromCarrierWithin(carrier: unknown, fields: ContextFields): LogContext {
    const isSimple = !isContext(carrier) && !('trace_id' in fields);
    const context = isSimple
      ? carried(carrier, fields)
      : LogContext.fromCarrier(carrier).with(fields);
    return adopt(context, getContext());
  }

  /** The headers of a trace that begins here, or of the active span. @internal */
  static newHeaders(): Record<string, string> {
    if (activeSpan() !== undefined) return LogContext.fromCarrier(undefined).toHeadersWithBaggage();
    const ids = { traceId: newTraceId(), parentId: newSpanId(), flags: NEW_TRACE.flags };
    return { traceparent: formatTraceparent(ids) };
  }

  /**
   * Makes a context of incoming headers; a missing or invalid `traceparent` starts a new trace.
   * @param headers Node's header object, a `Headers`, or any record.
   * @param fields Further fields; a `trace_id` here is what the lines show, while the headers of
   * calls from here continue the incoming trace.
   * @returns The context, for `runWithContext`.
   * @see https://www.w3.org/TR/trace-context-2/
   */
  static fromHeaders(headers: unknown, fields: ContextFields = {}): LogContext {
    const given = {
      traceparent: header(headers, 'traceparent'),
      tracestate: header(headers, 'tracestate'),
      baggage: header(headers, 'baggage'),
    };
    return continued(given, fields);
  }
}

/**
 * Looks up the context of the current work.
 * @returns The innermost context, or undefined outside of any.
 */
export function getContext(): LogContext | undefined {
  return surroundings().context as LogContext | undefined;
}

/**
 * Runs a function in a context: its lines, and those of all it starts, carry the fields.
 * @param context Fields to add to the surrounding context's, or a context made of headers or of
 * a carrier, which replaces the surrounding trace.
 * @param fn The work; async work keeps the context across its awaits.
 * @returns What the function returns.
 * @example
 * ```ts
 * import { getLogger, runWithContext } from '@map/logger';
 *
 * await runWithContext({ trace_id: 'unique-trace-123', task_id: 'task-456' }, async () => {
 *   getLogger('worker').info('Starting operation');
 * });
 * ```
 */
export function runWithContext<T>(context: ContextFields | LogContext, fn: () => T): T {
  checkFunction(fn);
  return runWithin({ context: LogContext.within(context) }, fn);
}

/**
 * Binds a function to the context in flight, so that its lines carry the fields regardless of the caller. A
 * listener needs it: an emitter calls its listeners in the context of the call of `emit`.
 * @param fn The function, such as a listener.
 * @returns A function with the same arguments and result.
 * @example
 * ```ts
 * import { EventEmitter } from 'node:events';
 * import { bindContext, getLogger, runWithContext } from '@map/logger';
 *
 * const queue = new EventEmitter();
 * runWithContext({ task_id: 'task-456' }, () => {
 *   queue.on('drained', bindContext(() => getLogger('queue').info('Drained')));
 * });
 * queue.emit('drained'); // its line has the task_id
 * ```
 */
export function bindContext<This, Args extends unknown[], Result>(
  fn: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result {
  checkFunction(fn);
  const context = getContext();
  const bound = function (this: This, ...args: Args): Result {
    return runWithin({ context }, () => fn.apply(this, args));
  };
  // Express knows a handler of errors by the number of its parameters.
  Object.defineProperty(bound, 'length', { value: fn.length });
  return bound;
}

/**
 * Makes the W3C headers for an outgoing request from the active OpenTelemetry span, or from the
 * current context.
 * @returns `traceparent`, and `tracestate` and `baggage` when they came in; empty outside of both.
 */
export function getTraceHeaders(): Record<string, string> {
  const context = getContext();
  if (context !== undefined) return context.toHeadersWithBaggage();
  const span = activeSpan();
  return span === undefined ? {} : spanHeaders(span, undefined);
}

function spanHeaders(
  { traceId, spanId, traceFlags, traceState }: OtelSpanContext,
  tracestate: string | undefined,
): Record<string, string> {
  const traceparent = formatTraceparent({ traceId, parentId: spanId, flags: traceFlags });
  const state = serialized(traceState) || tracestate;
  return state ? { traceparent, tracestate: state } : { traceparent };
}

function serialized(traceState: OtelSpanContext['traceState']): string | undefined {
  try {
    return traceState?.serialize();
  } catch {
    // A state of a provider that throws.
    return undefined;
  }
}

/** The trace's id in headers. */
function w3cTraceId({ trace, traceId }: LogContext): string {
  return trace.w3cId ?? toW3cTraceId(traceId);
}

/** The headers of a trace, as they came in. */
interface TraceHeaders {
  readonly traceparent: unknown;
  readonly tracestate: unknown;
  readonly baggage: unknown;
}

/** Makes the context of a carrier, with further fields if there are any. */
function carried(carrier: unknown, fields: ContextFields | undefined): LogContext {
  const { traceparent, tracestate, baggage, context } = copyFields(carrier);
  return continued({ traceparent, tracestate, baggage }, record(context), fields);
}

/** Continues the trace of headers; an invalid `traceparent` starts a new one. */
function continued(headers: TraceHeaders, given: ContextFields, more?: ContextFields): LogContext {
  const parent = parseTraceparent(headers.traceparent);
  const own = more === undefined ? copyFields(given) : { ...copyFields(given), ...more };
  if (parent === undefined) return makeContext(own, undefined);
  const trace: Trace = {
    given: true,
    flags: parent.flags,
    tracestate: parseTracestate(headers.tracestate),
    w3cId: parent.traceId,
    parentId: parent.parentId,
    baggage: parseBaggage(headers.baggage),
  };
  return new LogContext(own, trace, text(own.trace_id) ?? parent.traceId);
}

function makeContext(fields: ContextFields, parent: LogContext | undefined): LogContext {
  const own = copyFields(fields);
  const merged = parent === undefined ? own : { ...parent.fields, ...own };
  const given = text(own.trace_id);
  if (given !== undefined) {
    const same = parent !== undefined && parent.traceId === given;
    return new LogContext(merged, same ? parent.trace : { ...NEW_TRACE, given: true }, given);
  }
  if (parent !== undefined) return new LogContext(merged, parent.trace, parent.traceId);
  return new LogContext(merged, NEW_TRACE, activeSpan()?.traceId ?? newTraceId());
}

function adopt(context: LogContext, parent: LogContext | undefined): LogContext {
  if (parent === undefined) return context;
  const fields = { ...parent.fields, ...context.fields };
  return new LogContext(fields, context.trace, context.traceId);
}

function isContext(value: unknown): value is LogContext {
  try {
    return value instanceof LogContext;
  } catch {
    return false;
  }
}

/** A copy of fields that can always be made: what throws when it is read is left out. */
export function copyFields(fields: unknown): ContextFields {
  if (typeof fields !== 'object' || fields === null) return {};
  try {
    if (isBytes(fields)) return {};
    return { ...(isContext(fields) ? fields.fields : fields) };
  } catch {
    return readableFields(fields);
  }
}

/** Whether a value has a key for each byte or character, which are not fields. */
function isBytes(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof String;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function checkFunction(fn: unknown): void {
  if (typeof fn !== 'function') throw new LoggingOptionError('fn', fn, ['a function']);
}

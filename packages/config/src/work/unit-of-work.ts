import { type BaseError, convertException, ErrorCode, type ErrorOrigin } from '@map/errors';
import { checkFlag, checkPositive, checkSignal, optionError } from '@map/errors/kernel';
import { type ContextFields, getContext, getLogger, LogContext, runWithContext } from '@map/logger';
import { type CostMeter, makeMeter, workFailed } from '@map/metrics/kernel';
import {
  otelApi,
  runWithin,
  type SpanOptions,
  startSpan,
  type UnitSpan,
} from '@map/redaction/kernel';
import { current } from '../support/current.ts';
import { logOnce } from '../support/log-once.ts';
import { currentWork, workWithin } from './current-work.ts';
import type { WorkReport } from './report.ts';
import { type Cancellable, isInterruption, Stop, type WorkStatus } from './stop.ts';

/** How a piece of work ended. */
export interface WorkEnd {
  readonly status: WorkStatus;
  /** Its duration in seconds. */
  readonly seconds: number;
  /** The converted error, if it failed. */
  readonly error?: BaseError;
}

/** The argument of the work. */
export interface Work {
  /**
   * Aborted past the time limit or the budget, by the caller's signal, together with the work around
   * it, and when a shutdown stops waiting.
   */
  readonly signal: AbortSignal;
  /** Aborted as soon as a shutdown begins: the time to save progress and to requeue the rest. */
  readonly draining: AbortSignal;
  /** The trace that it belongs to. */
  readonly traceId: string;
  /** The cost of its model calls so far in US dollars, as far as prices are known. */
  readonly costUsd: number;
}

/** Options of all work helpers. */
export interface WorkOptions {
  /** Time limit in milliseconds, above 0; none by default. */
  readonly timeoutMs?: number;
  /** Limit of the cost of its model calls in US dollars, above 0; none by default. */
  readonly budgetUsd?: number;
  /** Cancels the work. */
  readonly signal?: AbortSignal;
  /** The context that a message carries: made by `context.toCarrier()`, or incoming headers. */
  readonly carrier?: unknown;
  /** Further fields of every log line. */
  readonly fields?: ContextFields;
  /**
   * The attribution of the cost of model calls, such as a tenant, from a small set: the label
   * `attribution` of `llm_cost_usd_total`. By default the choice of the work around it, otherwise
   * the name of the agent or the type of the task.
   */
  readonly attribution?: string;
}

/** The names of {@link WorkOptions} and of the option for a report, for the lists of its helpers. */
export const WORK_OPTIONS: Readonly<Record<keyof WorkOptions | 'report', true>> = {
  timeoutMs: true,
  budgetUsd: true,
  signal: true,
  carrier: true,
  fields: true,
  attribution: true,
  report: true,
};

/** Options that may be there without a value. */
export type PossiblyUndefined<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** One piece of work: its name and its measurements. */
export interface Unit extends PossiblyUndefined<WorkOptions> {
  /** Whether its result has its cost and duration. */
  readonly report?: boolean | undefined;
  /** Such as `task ingest`, for logs and for the report of a shutdown. */
  readonly name: string;
  readonly origin: ErrorOrigin;
  readonly codes: {
    /** For an error that no converter recognises. */
    readonly failed: ErrorCode;
    readonly late: ErrorCode;
    readonly cancelled: ErrorCode;
  };
  readonly context: ContextFields;
  /** The agent or the task type, which costs are attributed to by default; a tool has none. */
  readonly owner?: string | undefined;
  /** Describes its span; called only where the application has registered a provider. */
  readonly span: () => Pick<SpanOptions, 'name' | 'kind' | 'attributes'>;
  /** Receives what cancels it as `signal` does, for less than a signal costs. */
  readonly onCancellable?: ((work: Cancellable) => void) | undefined;
  readonly onBegin?: () => void;
  /** Receives what the work returns; what it throws is an error of the work. */
  readonly onResult?: ((value: unknown) => void) | undefined;
  readonly onEnd: (end: WorkEnd) => void;
}

/** Stands for the shutdown of a process that has no configuration. */
const NEVER = new AbortController().signal;

/** One piece of work as it runs. */
interface Running {
  readonly unit: Unit;
  readonly stop: Stop;
  readonly span: UnitSpan | undefined;
}

/**
 * Runs work in its context and span, measured, counted for a shutdown, with coded errors.
 *
 * @throws `CONFIG_INVALID_3002`, at once, for an option that cannot be used.
 */
export function runUnit<T>(
  unit: Unit,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T | WorkReport<T>> {
  checkOptions(unit);
  if (typeof work !== 'function') {
    throw optionError('work', 'a function', work, { of: unit.name });
  }
  const { carrier, fields, context } = unit;
  if (otelApi()?.trace !== undefined) return runTraced(unit, work);
  const own = { ...fields, ...context };
  const within =
    carrier === undefined ? LogContext.within(own) : LogContext.fromCarrierWithin(carrier, own);
  return run({ unit, stop: stopOf(unit), span: undefined }, within, work);
}

/** What can stop it. Work with a carrier belongs to the code that sent it, wherever it runs. */
function stopOf(unit: Unit): Stop {
  return new Stop(unit, unit.carrier === undefined ? currentWork()?.stop : undefined);
}

/** Runs work where the application has registered a provider of spans. */
function runTraced<T>(
  unit: Unit,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T | WorkReport<T>> {
  const { carrier, fields, context } = unit;
  const given = carrier === undefined ? undefined : LogContext.fromCarrier(carrier);
  const around = given ?? getContext();
  // A context without a given trace yields to the span, whose trace its lines then show.
  const isContinued = around?.given === true;
  const span = startSpan(() => ({
    ...unit.span(),
    ...(isContinued && { parent: around.parent }),
  }));
  const trace = span?.traceId && !isContinued ? { trace_id: span.traceId } : undefined;
  const running: Running = { unit, stop: stopOf(unit), span };
  const own = { ...fields, ...trace, ...context };
  if (span === undefined) {
    const within = given === undefined ? own : given.with(own);
    return run(running, LogContext.within(within), work);
  }
  const inSpan = () => span.run(() => run(running, LogContext.within(own), work));
  return given === undefined ? inSpan() : runWithContext(given, inSpan);
}

function run<T>(
  running: Running,
  context: LogContext,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T | WorkReport<T>> {
  const { unit, stop } = running;
  const { attribution, budgetUsd, owner } = unit;
  const { signal } = stop;
  const { lifecycle } = current();
  const onAbandoned = (reason: unknown) =>
    stop.abort('interrupted', ErrorCode.TASK_INTERRUPTED, 'was aborted by shutdown', reason);
  const entry = lifecycle?.inFlight.add(unit.name, { onAbandoned });
  const taskType = unit.origin === 'task' ? owner : undefined;
  const onCost = budgetUsd === undefined ? undefined : (usd: number) => stop.spend(usd);
  const meter = makeMeter(onCost);
  const around = {
    context,
    meter,
    work: workWithin({ chosen: attribution, own: owner, stop, taskType }),
    ...(entry !== undefined && { entry }),
  };
  const given = new GivenWork(signal, lifecycle?.draining ?? NEVER, meter, context.traceId);
  return runWithin(around, () => measure(running, given, meter, work, entry?.finish));
}

/** The argument of the work; a class, because a literal with a getter is slow to make. */
class GivenWork implements Work {
  readonly signal: AbortSignal;
  readonly draining: AbortSignal;
  readonly traceId: string;
  readonly #meter: CostMeter;

  constructor(signal: AbortSignal, draining: AbortSignal, meter: CostMeter, traceId: string) {
    this.traceId = traceId;
    this.signal = signal;
    this.draining = draining;
    this.#meter = meter;
  }

  get costUsd(): number {
    return this.#meter.usd;
  }
}

async function measure<T>(
  running: Running,
  given: Work,
  meter: CostMeter,
  work: (work: Work) => T | PromiseLike<T>,
  finish: (() => void) | undefined,
): Promise<T | WorkReport<T>> {
  const { unit, stop, span } = running;
  const startedAt = performance.now();
  try {
    unit.onCancellable?.(stop);
    unit.onBegin?.();
    stop.arm();
    stop.throwIfStopped();
    const value = await stop.race(work(given));
    unit.onResult?.(value);
    const duration = secondsSince(startedAt);
    unit.onEnd({ status: 'success', seconds: duration });
    return unit.report ? { value, costUsd: meter.usd, durationMs: duration * 1e3 } : value;
  } catch (thrown) {
    const error = convert(thrown, unit, given);
    const status = stop.status ?? statusOf(error);
    const duration = secondsSince(startedAt);
    unit.onEnd({ status, seconds: duration, error });
    span?.fail({ type: error.code, error, isError: status !== 'cancelled' });
    const cost = meter.usd > 0 ? { cost_usd: meter.usd } : undefined;
    noteCost(error, cost);
    logOnce(error, getLogger('map.work'), { work: unit.name, execution_time: duration, ...cost });
    workFailed(meter);
    throw error;
  } finally {
    stop.disarm();
    if (meter.usd > 0) span?.set({ 'map.cost_usd': meter.usd });
    span?.end();
    finish?.();
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1e3;
}

/**
 * Converts the error of the work. An SDK that aborts a request at its own time limit throws the same
 * error as one whose caller aborted it; which it was, the signals of the work show.
 */
function convert(thrown: unknown, unit: Unit, { signal, draining }: Work): BaseError {
  const options = { defaultCode: unit.codes.failed, origin: unit.origin };
  const error = convertException(thrown, options);
  if (error.code !== ErrorCode.OPERATION_CANCELLED) return error;
  return convertException(thrown, { ...options, signal: draining.aborted ? draining : signal });
}

/** Adds the cost of the work to the error; the log line has it in any case. */
function noteCost(error: BaseError, cost: { readonly cost_usd: number } | undefined): void {
  try {
    if (cost !== undefined) error.addDetails(cost);
  } catch {
    // An error of an older copy of the package.
  }
}

function statusOf(error: BaseError): WorkStatus {
  if (isInterruption(error)) return 'interrupted';
  return error.httpStatus === 499 ? 'cancelled' : 'error';
}

function checkOptions({ name, timeoutMs, budgetUsd, signal, attribution, report }: Unit): void {
  checkFlag('report', report, name);
  if (attribution !== undefined && typeof attribution !== 'string') {
    throw optionError('attribution', 'a string', attribution, { of: name });
  }
  if (timeoutMs !== undefined) {
    checkPositive('timeoutMs', 'a number of milliseconds above 0', timeoutMs, name);
  }
  if (budgetUsd !== undefined) checkPositive('budgetUsd', 'an amount above 0', budgetUsd, name);
  checkSignal('signal', signal, name);
}

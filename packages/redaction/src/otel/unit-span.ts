import { redactForeignText, redactText } from '../redact/redact-text.ts';
import { read } from '../safe/read.ts';
import {
  activeSpan,
  type OtelApi,
  type OtelAttribute,
  type OtelContext,
  type OtelSpan,
  type OtelSpanContext,
  otelApi,
  SPAN_KEY,
} from './api.ts';
import { type RemoteIds, RemoteParent } from './remote-parent.ts';

/** OpenTelemetry's numbers of the kinds of spans. */
const KINDS = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const;
const STATUS_ERROR = 2;

/** Attributes of a span; undefined ones are omitted. */
export type SpanAttributes = Readonly<Record<string, OtelAttribute | undefined>>;

/** The description of a span. */
export interface SpanOptions {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly attributes: SpanAttributes;
  /** The span of another process that it continues, unless a span of that trace is active. */
  readonly parent?: RemoteIds | undefined;
}

/** Why a unit failed. */
export interface SpanFailure {
  /** Its code, for `error.type`. */
  readonly type: string;
  readonly error: unknown;
  /** Whether it counts as an error; a cancellation has a code and does not. */
  readonly isError: boolean;
}

/**
 * A span of one piece of work. Nothing here can fail the work: a provider that throws is left
 * alone from then on.
 */
export class UnitSpan {
  readonly #api: OtelApi;
  readonly #span: OtelSpan;
  readonly #context: OtelContext | undefined;
  readonly #isRecording: boolean;
  /** The id of its trace, or an empty string where the provider gives none. */
  readonly traceId: string;

  /** @internal */
  constructor(api: OtelApi, span: OtelSpan, context: OtelContext | undefined) {
    this.#api = api;
    this.#span = span;
    this.#context = context?.setValue(SPAN_KEY, span);
    this.#isRecording = span.isRecording();
    this.traceId = span.spanContext().traceId;
  }

  /** Runs a function inside of the span: spans that it starts are children. */
  run<T>(run: () => T): T {
    const { context } = this.#api;
    if (context === undefined || this.#context === undefined) return run();
    let hasBegun = false;
    let ended: { readonly result: T } | undefined;
    try {
      context.with(this.#context, () => {
        hasBegun = true;
        ended = { result: run() };
      });
    } catch (error) {
      if (hasBegun && ended === undefined) throw error;
    }
    return ended === undefined ? run() : ended.result;
  }

  /** Adds attributes; secrets in strings are masked. */
  set(attributes: SpanAttributes): void {
    if (this.#isRecording) attempt(() => this.#span.setAttributes(shown(attributes)));
  }

  /** Records a failure: its code, and for an error its status and the exception, masked. */
  fail({ type, error, isError }: SpanFailure): void {
    this.set({ 'error.type': type });
    if (!this.#isRecording || !isError) return;
    attempt(() => {
      const exception = exceptionOf(error, type);
      this.#span.recordException(exception);
      this.#span.setStatus({ code: STATUS_ERROR, message: exception.message });
    });
  }

  /** Ends the span. @param epochMs When it ended, in milliseconds since 1970; now by default. */
  end(epochMs?: number): void {
    attempt(() => this.#span.end(epochMs));
  }
}

/**
 * Starts a span at the provider that the application has registered.
 *
 * @param describe Describes the span; called only with a provider.
 * @returns The span, or undefined without a provider.
 */
export function startSpan(describe: () => SpanOptions): UnitSpan | undefined {
  const api = otelApi();
  if (api?.trace === undefined) return undefined;
  try {
    const { name, kind, attributes, parent } = describe();
    const context = contextOf(api, parent);
    const options = { kind: KINDS[kind], attributes: shown(attributes) };
    const span = api.trace.getTracer('@map/config').startSpan(redactText(name), options, context);
    return new UnitSpan(api, span, context);
  } catch {
    return undefined;
  }
}

/** The active context; that of the parent where no span of its trace is active. */
function contextOf(api: OtelApi, parent: RemoteIds | undefined): OtelContext | undefined {
  const active = api.context?.active();
  if (active === undefined || parent === undefined) return active;
  if (activeSpan()?.traceId === parent.traceId) return active;
  const context = active.setValue(SPAN_KEY, new RemoteParent(parent));
  const { baggage } = parent;
  if (baggage === undefined || api.propagation === undefined) return context;
  return api.propagation.extract(
    context,
    { baggage },
    { get: (carrier, key) => carrier[key], keys: Object.keys },
  );
}

/** A context in which a span is active that may have ended; undefined without OpenTelemetry. */
export function otelContextOf(ids: OtelSpanContext): OtelContext | undefined {
  const active = otelApi()?.context?.active();
  if (activeSpan()?.spanId === ids.spanId) return active;
  return active?.setValue(SPAN_KEY, new RemoteParent(ids));
}

function shown(attributes: SpanAttributes): Record<string, OtelAttribute> {
  const result: Record<string, OtelAttribute> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined) continue;
    if (typeof value === 'string') result[name] = redactText(value);
    else result[name] = typeof value === 'object' ? value.map((text) => redactText(text)) : value;
  }
  return result;
}

/** The error with the frames of its original error, which show the place of the fault. */
function exceptionOf(error: unknown, type: string) {
  const { name, message, originalError, stack } = Object(error) as Readonly<
    Record<string, unknown>
  >;
  const origin: unknown = Object(originalError).stack ?? stack;
  const shownName = text(name, type);
  // The message of a library may quote its input.
  const redact = read(error, BRAND) === true ? redactText : redactForeignText;
  const shownMessage = text(message, type, redact);
  const frames = text(origin, '')
    .split('\n')
    .filter((line) => FRAME.test(line));
  return {
    name: shownName,
    message: shownMessage,
    stack: [`${shownName}: ${shownMessage}`, ...frames].join('\n'),
  };
}

/** Marks errors of `@map/errors`. */
const BRAND = Symbol.for('@map/errors/BaseError');
const FRAME = /^ +at /;
const MAX_TEXT = 8000;

function text(value: unknown, otherwise: string, redact = redactText): string {
  if (typeof value !== 'string' || value === '') return otherwise;
  return redact(value, { limit: MAX_TEXT });
}

function attempt(run: () => unknown): void {
  try {
    run();
  } catch {
    // The work must not fail for a span.
  }
}

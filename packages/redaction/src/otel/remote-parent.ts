import type { OtelSpan, OtelSpanContext } from './api.ts';

/** A span of another process: the parent of one here. It records nothing. */
export class RemoteParent implements OtelSpan {
  readonly #ids: OtelSpanContext;

  /** @param parent Its ids, and the values of its `tracestate` and `baggage` headers. */
  constructor(parent: RemoteIds) {
    const { traceId, spanId, traceFlags, tracestate } = parent;
    const state = tracestate === undefined ? {} : { traceState: new TraceState(tracestate) };
    this.#ids = { traceId, spanId, traceFlags, isRemote: true, ...state };
  }

  spanContext(): OtelSpanContext {
    return this.#ids;
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {}

  end(): void {}
}

/** The ids that came with a message or a request. */
export interface RemoteIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly tracestate?: string | undefined;
  readonly baggage?: string | undefined;
}

/** The list of a `tracestate` header that has been checked. */
class TraceState {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  #members(): string[] {
    return this.#text === '' ? [] : this.#text.split(',');
  }

  get(key: string): string | undefined {
    const found = this.#members().find((member) => member.startsWith(`${key}=`));
    return found?.slice(key.length + 1);
  }

  set(key: string, value: string): TraceState {
    return new TraceState([`${key}=${value}`, ...this.unset(key).#members()].join(','));
  }

  unset(key: string): TraceState {
    const others = this.#members().filter((member) => !member.startsWith(`${key}=`));
    return new TraceState(others.join(','));
  }

  serialize(): string {
    return this.#text;
  }
}

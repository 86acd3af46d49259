import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** The attributes of a span that describe its request. */
export function settingsOf(attributes: ReadableSpan['attributes']): object {
  const isSetting = ([name]: [string, unknown]) =>
    /^(gen_ai\.request|server|gen_ai\.embeddings)\./.test(name);
  return Object.fromEntries(Object.entries(attributes).filter(isSetting));
}

/** Registers a provider for the tests of a file, and keeps the spans of each test. */
export class SpanRecorder {
  readonly #exporter = new InMemorySpanExporter();

  constructor() {
    const provider = new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })],
    });
    beforeAll(() => {
      trace.setGlobalTracerProvider(provider);
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    });
    afterAll(async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    });
    afterEach(() => this.reset());
  }

  /** The spans of MAP: some SDKs have their own. */
  get spans(): ReadableSpan[] {
    return this.#exporter
      .getFinishedSpans()
      .filter(({ instrumentationScope }) => instrumentationScope.name === '@map/config');
  }

  readonly span = (name: string): ReadableSpan | undefined =>
    this.spans.find((one) => one.name === name);

  /** The spans as lines, each under its parent, in the order of their start. */
  readonly tree = (parent?: ReadableSpan, indent = ''): string[] =>
    this.spans
      .filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId)
      .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
      .flatMap((span) => {
        const error = span.attributes['error.type'];
        const line = `${indent}${span.name}${error === undefined ? '' : ` (${error})`}`;
        return [line, ...this.tree(span, `${indent}  `)];
      });

  reset(): void {
    this.#exporter.reset();
  }
}

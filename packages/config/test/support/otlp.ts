import protobuf, { type Type } from 'protobufjs';

/*
 * The messages of OTLP that the tests read, by the fields of the protocol: unknown fields are passed
 * over. https://github.com/open-telemetry/opentelemetry-proto
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Traces { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    bytes parent_span_id = 4;
    string name = 5;
    repeated KeyValue attributes = 9;
  }
  message Logs { repeated ResourceLogs resource_logs = 1; }
  message ResourceLogs { repeated ScopeLogs scope_logs = 2; }
  message ScopeLogs { repeated LogRecord log_records = 2; }
  message LogRecord {
    AnyValue body = 5;
    repeated KeyValue attributes = 6;
    bytes trace_id = 9;
    bytes span_id = 10;
  }
  message Metrics { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { repeated ScopeMetrics scope_metrics = 2; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric {
    string name = 1;
    Sum sum = 7;
    Histogram histogram = 9;
  }
  message Sum { repeated NumberDataPoint data_points = 1; }
  message NumberDataPoint {
    oneof value { double as_double = 4; sfixed64 as_int = 6; }
    repeated KeyValue attributes = 7;
  }
  message Histogram { repeated HistogramDataPoint data_points = 1; }
  message HistogramDataPoint {
    optional double sum = 5;
    repeated KeyValue attributes = 9;
  }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1;
      bool bool_value = 2;
      int64 int_value = 3;
      double double_value = 4;
    }
  }
`);

const MESSAGES: Readonly<Record<string, Type>> = {
  '/v1/traces': root.lookupType('Traces'),
  '/v1/logs': root.lookupType('Logs'),
  '/v1/metrics': root.lookupType('Metrics'),
};

/** Decodes the body of an export, in either encoding, into the shape that it has as JSON. */
export function decodeOtlp(path: string, contentType: string | undefined, body: Buffer): unknown {
  if (contentType === 'application/json') return JSON.parse(body.toString());
  const message = MESSAGES[path];
  if (contentType !== 'application/x-protobuf' || message === undefined) {
    throw new Error(`${path} cannot be ${contentType}.`);
  }
  return withHexIds(message.toObject(message.decode(body), { longs: Number }));
}

/** Ids are bytes in protobuf, and hexadecimal in JSON. */
function withHexIds(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return value.length === 0 ? undefined : Buffer.from(value).toString('hex');
  }
  if (Array.isArray(value)) return value.map(withHexIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withHexIds(one)]));
}

import { hasSubscribers } from 'node:diagnostics_channel';
import { otelApi } from '@map/redaction/kernel';

/**
 * Returns whether OpenTelemetry's instrumentation of undici is on: it gives each request the headers
 * of that span, and a request with two `traceparent` headers has none that is valid.
 */
export function isTracedBelow(): boolean {
  return hasSubscribers('undici:request:create') && otelApi()?.propagation !== undefined;
}

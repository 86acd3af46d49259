import { read, readString } from '@map/redaction/kernel';
import type { HttpDetails } from '../codes/error-details.ts';
import { redactedField, redactedPath } from '../describe/redacted.ts';
import { readHeader } from './headers.ts';

/** Facts about a failed HTTP request. */
export interface Exchange {
  readonly url?: unknown;
  readonly baseUrl?: unknown;
  readonly method?: unknown;
  readonly status?: number | undefined;
  readonly headers?: unknown;
}

const REQUEST_IDS = ['x-request-id', 'request-id', 'x-amzn-requestid', 'x-correlation-id'];

/** Keeps host, path, method, status and request id of an exchange; never query, body or headers. */
export function httpDetails({ url, baseUrl, method, status, headers }: Exchange): HttpDetails {
  const target = parseUrl(url, baseUrl);
  const details: HttpDetails = {};
  if (target?.host) details.api = target.host;
  if (target) details.endpoint = redactedPath(target.pathname, 200);
  if (typeof method === 'string' && /^[a-z]{1,20}$/i.test(method)) {
    details.method = method.toUpperCase();
  }
  if (status !== undefined) details.status_code = status;
  const requestId = requestIdOf(headers);
  if (requestId) details.request_id = requestId;
  return details;
}

function requestIdOf(headers: unknown): string | undefined {
  for (const name of REQUEST_IDS) {
    const value = readHeader(headers, name);
    if (value) return redactedField(value, 100);
  }
  return undefined;
}

function parseUrl(url: unknown, baseUrl: unknown): URL | undefined {
  const text = typeof url === 'string' ? url : readString(url, 'href');
  const base = typeof baseUrl === 'string' && baseUrl !== '' ? baseUrl : undefined;
  const whole = text ?? base;
  if (whole === undefined || whole.length > 4000) return undefined;
  return URL.parse(whole, base) ?? undefined;
}

/** Reads a status between 100 and 599, which some libraries keep as a string. */
export function readStatus(value: unknown, key: string): number | undefined {
  const found = read(value, key);
  const status = typeof found === 'string' && /^\d{3}$/.test(found) ? Number(found) : found;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
    ? status
    : undefined;
}

/** Reads the status of a response that is not one of success. */
export function readFailure(value: unknown, key: string): number | undefined {
  const status = readStatus(value, key);
  return status !== undefined && status >= 400 ? status : undefined;
}

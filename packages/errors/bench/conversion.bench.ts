import { BaseError, convertException, ErrorCode } from '@map/errors';
import { type Bench, defineBench } from '@map-tooling/bench';
import { APICallError } from 'ai';
import { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import OpenAI from 'openai';
import { z } from 'zod';

const fields = (message: string, values: object): Error =>
  Object.assign(new Error(message), values);
const config = { url: 'https://api.example.com/v1/data?x=1', method: 'get' };

let deep: Error = new Error('Bottom.');
for (let depth = 0; depth < 20_000; depth++) deep = new Error('Above.', { cause: deep });
const circle = new AggregateError([], 'Circle.');
circle.errors = Array.from({ length: 20 }, () => circle);

const astray = new Error(`${'x'.repeat(1000)}y${'x'.repeat(1000)}`);
astray.stack = 'x'.repeat(1_000_000);

/** An error of each source, with the code it has to become. */
const SOURCES: Readonly<Record<string, readonly [raw: unknown, code: ErrorCode]>> = {
  'own error': [
    new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'Ours.' }),
    ErrorCode.SYSTEM_ERROR,
  ],
  'Node system error': [
    fields('connect ECONNREFUSED 127.0.0.1:1', {
      code: 'ECONNREFUSED',
      syscall: 'connect',
      address: '127.0.0.1',
      port: 1,
    }),
    ErrorCode.CONNECTION_REFUSED,
  ],
  fetch: [
    new TypeError('fetch failed', { cause: fields('read ECONNRESET', { code: 'ECONNRESET' }) }),
    ErrorCode.CONNECTION_RESET,
  ],
  axios: [
    new AxiosError(
      'Request failed with status code 503',
      'ERR_BAD_RESPONSE',
      config as InternalAxiosRequestConfig,
      {},
      {
        status: 503,
        statusText: '',
        headers: { 'retry-after': '1' },
        config: config as InternalAxiosRequestConfig,
        data: '',
      },
    ),
    ErrorCode.UPSTREAM_ERROR,
  ],
  OpenAI: [
    OpenAI.APIError.generate(
      429,
      { error: { message: 'Slow down.', code: 'rate_limit_exceeded' } },
      undefined,
      new Headers({ 'retry-after': '2', 'x-request-id': 'req_1' }),
    ),
    ErrorCode.LLM_RATE_LIMITED,
  ],
  'AI SDK': [
    new APICallError({
      message: 'Overloaded.',
      url: 'https://api.example.com/v1/messages',
      requestBodyValues: { model: 'm' },
      statusCode: 529,
      responseHeaders: { 'request-id': 'req_1' },
    }),
    ErrorCode.LLM_PROVIDER_OVERLOADED,
  ],
  Redis: [new Error('WRONGTYPE Operation against a key'), ErrorCode.REDIS_ERROR],
  PostgreSQL: [
    fields('deadlock detected', { severity: 'ERROR', code: '40P01' }),
    ErrorCode.DATABASE_CONFLICT,
  ],
  zod: [z.object({ a: z.string() }).safeParse({}).error, ErrorCode.SCHEMA_MISMATCH],
  unknown: [new Error('Nobody knows me.'), ErrorCode.UNKNOWN_ERROR],
  'worst: causes 20,000 deep': [deep, ErrorCode.UNKNOWN_ERROR],
  'worst: an aggregate of itself': [circle, ErrorCode.MULTIPLE_ERRORS],
  'worst: a stack without its message': [astray, ErrorCode.UNKNOWN_ERROR],
  'worst: a message of 10 MB': [new Error('a:b '.repeat(2_500_000)), ErrorCode.UNKNOWN_ERROR],
};

const benches: readonly Bench[] = Object.entries(SOURCES).map(([source, [raw, code]]) =>
  defineBench({
    name: `convert-${source.toLowerCase().replace(/[^a-z]+/g, '-')}`,
    title: `Convert and write as JSON: ${source}`,
    verify: ({ convertException: output }) => {
      const made = JSON.parse(String(output));
      if (made.code !== code) throw new Error(`${source} became ${made.code}, not ${code}`);
    },
    contenders: {
      convertException: {
        run: () => convertException(raw),
        output: () => JSON.stringify(convertException(raw)),
      },
      'plain Error with a cause': {
        run: () => new Error('Wrapped.', { cause: raw }),
        output: () => '',
      },
    },
  }),
);

export default benches;

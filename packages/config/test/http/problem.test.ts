import { APIError, ErrorCode, LLMError } from '@map/errors';
import { type CapturedLogs, captureLogs, runWithContext } from '@map/logger';
import { APIError as GroqError } from 'groq-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notFoundHandler, problemHandler, toProblem } from '../../src/http/problem.ts';

let logs: CapturedLogs;
beforeEach(() => {
  logs = captureLogs();
});
afterEach(() => logs.stop());

test('a coded error becomes its status, its headers and a body that anyone may read', () => {
  const error = new LLMError({
    code: ErrorCode.LLM_RATE_LIMITED,
    message: 'provider said: internal thing',
    retryAfterMs: 1_500,
  });
  const { status, headers, body } = runWithContext({ trace_id: 'trace-1' }, () => toProblem(error));
  expect(status).toBe(429);
  expect(headers).toEqual({ 'content-type': 'application/problem+json', 'retry-after': '2' });
  expect(body).toMatchObject({ status: 429, code: 'LLM_RATE_LIMITED_5001', trace_id: 'trace-1' });
  expect(JSON.stringify(body)).not.toContain('internal thing');
  expect(logs.find(/internal thing/)).toBeDefined();
});

test('the log line does not repeat what a parser quotes from the body', () => {
  const body = '{"a": nobody may see}';
  const quoted = (make: () => unknown): Error => {
    try {
      make();
    } catch (error) {
      return error as Error;
    }
    throw new Error('It did not throw.');
  };
  // As body-parser does it.
  const json = Object.assign(
    quoted(() => JSON.parse(body)),
    { status: 400, statusCode: 400, expose: true, type: 'entity.parse.failed', body },
  );
  expect(json.message).toContain('nobody');
  expect(toProblem(json).status).toBe(400);
  const [line] = logs.entries;
  expect(line?.message).toContain('is not valid JSON');
  expect(JSON.stringify(logs.entries)).not.toContain('nobody');
});

test('anything thrown becomes an answer', () => {
  for (const thrown of [undefined, null, 'text', 7, {}, new TypeError('x'), Object.create(null)]) {
    expect(toProblem(thrown).status).toBeGreaterThanOrEqual(500);
  }
});

test('an error of the web framework keeps its status; one of another service does not', () => {
  const exposed = Object.assign(new Error('too large'), { expose: true, statusCode: 413 });
  expect(toProblem(exposed)).toMatchObject({ status: 413, body: { status: 413 } });
  expect(toProblem(exposed).body).toMatchObject({
    code: 'BAD_REQUEST_2001',
    title: 'Payload Too Large',
  });
  const fastify = Object.assign(new Error('media'), { code: 'FST_ERR_CTP', statusCode: 415 });
  expect(toProblem(fastify).status).toBe(415);
  const nest = Object.assign(new Error('teapot'), {
    getStatus: () => 418,
    getResponse: () => 'teapot',
  });
  expect(toProblem(nest)).toMatchObject({ status: 418, body: { code: 'BAD_REQUEST_2001' } });
  const upstream = { statusCode: 404, response: { statusCode: 404 } };
  expect(toProblem(Object.assign(new Error('their 404'), upstream)).status).not.toBe(404);
  const provider = GroqError.generate(401, { error: { message: 'No key.' } }, 'm', new Headers());
  expect(toProblem(provider)).toMatchObject({ body: { code: 'LLM_PROVIDER_AUTH_FAILED_5013' } });
});

test('an error of tRPC or GraphQL has the status of its word; a fault of the server that of its cause', () => {
  const named = (name: string, fields: object): Error =>
    Object.assign(new Error('m'), { name, ...fields });
  const trpc = (code: string, cause?: unknown) => named('TRPCError', { code, cause });
  expect(toProblem(trpc('NOT_FOUND')).status).toBe(404);
  expect(toProblem(trpc('TOO_MANY_REQUESTS')).body.code).toBe('RATE_LIMITED_9500');
  expect(toProblem(trpc('toString')).status).toBe(500);
  const limited = new LLMError({ code: ErrorCode.LLM_RATE_LIMITED, message: 'x' });
  expect(toProblem(trpc('INTERNAL_SERVER_ERROR', limited)).body.code).toBe('LLM_RATE_LIMITED_5001');
  const graphql = (extensions: object) => named('GraphQLError', { extensions });
  expect(toProblem(graphql({ code: 'FORBIDDEN' })).status).toBe(403);
  expect(toProblem(graphql({ code: 'X', http: { status: 404 } })).status).toBe(404);
  expect(toProblem(graphql({ code: 'X', http: { status: 200 } })).status).toBe(500);
});

test('a plain object with a status and a message, as Express honours it; not that of a model', () => {
  expect(toProblem({ status: 404, message: 'No such order.' }).status).toBe(404);
  expect(toProblem({ status: 404 }).status).toBe(502);
  expect(toProblem({ status: 404, message: 'x', response: {} }).status).toBe(502);
  const event = { type: 'authentication_error', status: 401, message: 'invalid x-api-key' };
  expect(toProblem(event).body.code).toBe('LLM_PROVIDER_AUTH_FAILED_5013');
});

test('a form that was cut, and a client that left', () => {
  const part = new Error('Part terminated early due to unexpected end of multipart data');
  expect(toProblem(part).status).toBe(400);
  const left = Object.assign(new Error('Request aborted'), { code: 1002, httpCode: 500 });
  expect(toProblem(left).status).toBe(499);
});

test('the handler answers in the manner of Fastify and of Node, and leaves a begun answer alone', () => {
  const error = new APIError({ code: ErrorCode.NOT_FOUND, message: 'none' });
  const seen: unknown[] = [];
  const send = (body: string) => seen.push(JSON.parse(body).code);
  problemHandler()(error, {}, { code: () => ({ headers: () => ({ send }) }) });
  problemHandler()(
    error,
    {},
    { writeHead: (status) => ({ end: (body) => seen.push(status, send(body)) }) },
  );
  problemHandler()(error, {}, { headersSent: true }, (passed) => seen.push(passed));
  expect(seen).toEqual(['NOT_FOUND_2002', 'NOT_FOUND_2002', 404, 2, error]);
  expect(problemHandler()).toHaveLength(4);
});

test('what middleware throws keeps its status, its message stays in the logs', () => {
  const thrown: [number, Error][] = [
    // Express' router
    [
      400,
      Object.assign(new URIError("Failed to decode param '%'"), { status: 400, statusCode: 400 }),
    ],
    // send, http-errors
    [
      413,
      Object.assign(new Error('File too large'), { name: 'MulterError', code: 'LIMIT_FILE_SIZE' }),
    ],
    [
      400,
      Object.assign(new Error('odd field'), { name: 'MulterError', code: 'LIMIT_UNEXPECTED_FILE' }),
    ],
    // co-body, of Koa
    [400, Object.assign(new SyntaxError('Unexpected end'), { status: 400, body: '{' })],
    // Hono's HTTPException
    [
      500,
      Object.assign(new Error('hono fault'), { status: 500, getResponse: () => new Response() }),
    ],
    [404, Object.assign(new Error('ENOENT'), { expose: false, status: 404, statusCode: 404 })],
    [503, Object.assign(new Error('busy'), { expose: false, status: 503, statusCode: 503 })],
    [507, Object.assign(new Error('full'), { expose: false, status: 507, statusCode: 507 })],
    // express-jwt
    [
      401,
      Object.assign(new Error('jwt expired'), { status: 401, code: 'invalid_token', inner: {} }),
    ],
    // @fastify/rate-limit, @fastify/under-pressure
    [429, Object.assign(new Error('Rate limit exceeded'), { statusCode: 429 })],
    [503, Object.assign(new Error('pressure'), { code: 'FST_UNDER_PRESSURE', statusCode: 503 })],
    // an application in the manner of Express and Fastify
    [503, Object.assign(new Error('closed for today'), { status: 503 })],
  ];
  for (const [status, error] of thrown) {
    const answer = toProblem(error);
    expect([answer.status, answer.body.status]).toEqual([status, status]);
    expect(JSON.stringify(answer.body)).not.toContain(error.message);
  }
  for (const status of [99, 200, 302, 600, 404.5, 4n, null]) {
    const error = Object.assign(new Error('odd'), { status, statusCode: status });
    expect(toProblem(error).status).toBe(500);
  }
  // As a string it is the status of another service.
  const status = '404';
  expect(toProblem(Object.assign(new Error('odd'), { status })).status).toBe(502);
});

test('the headers that http-errors gave an error are in the response, those of a client are not', () => {
  const headers = { 'Retry-After': 7, 'Content-Type': 'text/html', empty: undefined };
  const limited = Object.assign(new Error('slow'), { expose: true, status: 429, headers });
  expect(toProblem(limited).headers).toEqual({
    'retry-after': '7',
    'content-type': 'application/problem+json',
  });
  const theirs = Object.assign(new Error('slow'), { status: 429, headers });
  expect(toProblem(theirs).headers).not.toHaveProperty('retry-after', '7');
});

test('an error that cannot be read is a response, too', () => {
  const trap = () => {
    throw new Error('trap');
  };
  const hostile = [
    new Proxy(new Error('x'), { get: trap, getPrototypeOf: trap, has: trap }),
    Object.defineProperty(new Error('x'), 'status', { get: trap }),
    Object.defineProperty(new Error('x'), 'expose', { get: trap }),
  ];
  for (const error of hostile) expect(toProblem(error)).toMatchObject({ status: 500 });
});

test.each([
  ['problemHandler()', problemHandler],
  ['notFoundHandler()', notFoundHandler],
])('%s refuses a wrong option when it is called', (call, make) => {
  const wrong = { detail: true } as unknown as { detail: string };
  expect(() => make(wrong)).toThrow(`\`detail\` of ${call} must be a string, got true.`);
  expect(make({ detail: 'Something is wrong.' })).toBeTypeOf('function');
  expect(make()).toBeTypeOf('function');
});

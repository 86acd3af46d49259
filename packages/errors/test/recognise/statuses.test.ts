import { expect, test } from 'vitest';
import { convertException, ErrorCode } from '../../src/index.ts';

const error = (fields: object, message = 'Failed.', name?: string): Error => {
  const made = Object.assign(new Error(message), fields);
  if (name !== undefined) made.name = name;
  return made;
};

test.each<[string, object, string]>([
  ['status as a string', { status: '503' }, ErrorCode.UPSTREAM_ERROR],
  ['statusCode as a string', { statusCode: '429' }, ErrorCode.RATE_LIMITED],
  ['httpStatus', { httpStatus: 503 }, ErrorCode.UPSTREAM_ERROR],
  ['httpStatusCode', { httpStatusCode: 404 }, ErrorCode.UPSTREAM_REJECTED],
  ['meta.statusCode', { meta: { statusCode: 429, headers: {} } }, ErrorCode.RATE_LIMITED],
  ['code beside a response', { code: 429, response: { body: {} } }, ErrorCode.RATE_LIMITED],
  ['a status of success', { status: '200' }, ErrorCode.UNKNOWN_ERROR],
  ['a status that is a word', { status: 'PENDING' }, ErrorCode.UNKNOWN_ERROR],
  ['a code alone', { code: 429 }, ErrorCode.UNKNOWN_ERROR],
])('the status of any library: %s', (_, fields, code) => {
  expect(convertException(error(fields)).code).toBe(code);
});

test('a code alone is a status where a model is called', () => {
  const found = convertException(error({ code: 529 }), { origin: 'llm' });
  expect(found.code).toBe(ErrorCode.LLM_PROVIDER_OVERLOADED);
});

test.each<[string, string]>([
  ['connect ECONNREFUSED 127.0.0.1:9200', ErrorCode.CONNECTION_REFUSED],
  ['request failed, reason: connect ETIMEDOUT 10.0.0.1:443', ErrorCode.CONNECTION_TIMEOUT],
  ['getaddrinfo ENOTFOUND search.internal', ErrorCode.DNS_FAILURE],
  ['read ECONNRESET', ErrorCode.CONNECTION_RESET],
  ['other side closed - Local: 127.0.0.1:1, Remote: 127.0.0.1:2', ErrorCode.CONNECTION_RESET],
  ['socket hang up', ErrorCode.CONNECTION_RESET],
  ['we read EVERYTHING', ErrorCode.UNKNOWN_ERROR],
])('an error of the network of which only the sentence is left: %s', (message, code) => {
  expect(convertException(error({}, message, 'ConnectionError')).code).toBe(code);
});

test('an error that its name calls a rate limit, and the wait of Slack', () => {
  const slack = error(
    { code: 'slack_webapi_rate_limited_error', retryAfter: 7 },
    'A rate-limit has been reached',
    'WebAPIRateLimitedError',
  );
  expect(convertException(slack, { origin: 'tool' })).toMatchObject({
    code: ErrorCode.RATE_LIMITED,
    retryAfterMs: 7000,
  });
  const other = error({ retryAfter: 7000 }, 'Slow down.', 'RateLimitError');
  const found = convertException(other, { origin: 'llm' });
  expect([found.code, found.retryAfterMs]).toEqual([ErrorCode.LLM_RATE_LIMITED, undefined]);
});

test.each<[object, string]>([
  [{ reason: 'max_output_tokens' }, ErrorCode.LLM_OUTPUT_TRUNCATED],
  [{ reason: 'content_filter' }, ErrorCode.LLM_CONTENT_FILTERED],
])('a response of OpenAI that ended early: %j', (incomplete_details, code) => {
  const response = { status: 'incomplete', incomplete_details };
  const event = { type: 'response.incomplete', response };
  expect(convertException(event, { origin: 'llm' }).code).toBe(code);
});

test('an error inside a stream whose code is unknown', () => {
  const event = { type: 'error', code: 'odd', message: 'x', param: null, sequence_number: 3 };
  const found = convertException(event, { origin: 'llm' });
  expect(found.code).toBe(ErrorCode.LLM_STREAM_INTERRUPTED);
});

test.each([
  'prompt token count of 140000 exceeds the limit of 128000',
  'the input token count is 40000 but the model only supports up to 32767.',
  'litellm.ContextWindowExceededError: too much',
  'Conversation is too long',
  'total tokens (9000) must be <= 8193',
  'Limit: 30,000 tokens. Requested: 90,000',
])('context length: %s', (message) => {
  const fields = { status: 400, error: { message }, requestID: null, headers: new Headers() };
  expect(convertException(error(fields)).code).toBe(ErrorCode.LLM_CONTEXT_LENGTH_EXCEEDED);
});

test('a request below the limit is a rate limit', () => {
  const message = 'Limit: 30,000 tokens. Requested: 9,000';
  const fields = { status: 429, error: { message }, requestID: null, headers: new Headers() };
  expect(convertException(error(fields)).code).toBe(ErrorCode.LLM_RATE_LIMITED);
});

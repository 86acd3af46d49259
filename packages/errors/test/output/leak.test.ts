import { inspect } from 'node:util';
import { APICallError } from 'ai';
import { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { BaseError, convertException, ErrorCode, isRetryable } from '../../src/index.ts';

// Every secret holds this word; no output may show it.
const WORD = 'NOBODYMAYSEE';

/** Everything that a converted error shows of itself, except `originalError` itself. */
function shown(error: BaseError): string {
  const lines: unknown[] = [];
  const log = (...values: unknown[]): void => void lines.push(...values);
  error.logError({ debug: log, info: log, warn: log, error: log });
  const back = BaseError.fromJSON(JSON.stringify(error));
  return [
    JSON.stringify(error),
    error.message,
    String(error),
    error.stack,
    inspect(error, { depth: 20, showHidden: false }),
    // How Node prints an uncaught error.
    inspect(error, { depth: 20, customInspect: false }),
    inspect({ nested: [error] }, { depth: 20 }),
    JSON.stringify(lines),
    JSON.stringify(error.toProblemDetails()),
    JSON.stringify(error.toGrpcStatus()),
    inspect(back, { depth: 20 }),
  ].join('\n');
}

const secretHeaders = {
  authorization: `Bearer ${WORD}`,
  'x-api-key': WORD,
  cookie: `sid=${WORD}`,
  'set-cookie': [`sid=${WORD}`],
};

describe('no secret of a third-party error is shown', () => {
  const axiosConfig = {
    url: `https://user:${WORD}@example.com/path?token=${WORD}#${WORD}`,
    method: 'post',
    headers: secretHeaders,
    data: JSON.stringify({ password: WORD }),
    auth: { username: 'u', password: WORD },
  } as unknown as InternalAxiosRequestConfig;
  const openaiHeaders = new Headers({ 'x-request-id': 'req_1', 'set-cookie': WORD });

  test.each([
    [
      'axios',
      new AxiosError(
        `GET https://h/?key=${WORD}`,
        'ERR_BAD_REQUEST',
        axiosConfig,
        { x: WORD },
        {
          status: 401,
          statusText: WORD,
          headers: secretHeaders,
          config: axiosConfig,
          data: { secret: WORD },
        },
      ),
    ],
    [
      'openai',
      OpenAI.APIError.generate(
        401,
        { error: { message: `Incorrect API key provided: sk-${WORD}.`, code: 'invalid_api_key' } },
        undefined,
        openaiHeaders,
      ),
    ],
    [
      'the AI SDK',
      new APICallError({
        message: `Failed for https://u:${WORD}@host/?key=${WORD}`,
        url: `https://api.example.com/v1?key=${WORD}`,
        requestBodyValues: { model: 'm', prompt: WORD, messages: [{ content: WORD }] },
        statusCode: 500,
        responseHeaders: { cookie: WORD },
        responseBody: WORD,
        data: { error: { message: WORD, param: WORD } },
      }),
    ],
    [
      'got',
      Object.assign(new Error(`Request failed: GET https://h/p?token=${WORD}`), {
        name: 'HTTPError',
        code: 'ERR_NON_2XX_3XX_RESPONSE',
        options: {
          url: new URL(`https://u:${WORD}@example.com/p?token=${WORD}`),
          headers: secretHeaders,
          json: { password: WORD },
          method: 'GET',
        },
        timings: {},
        response: { statusCode: 500, headers: secretHeaders, body: WORD },
        request: { options: { headers: secretHeaders } },
      }),
    ],
    [
      'a database',
      Object.assign(new Error(`invalid input syntax for type integer: "${WORD}"`), {
        severity: 'ERROR',
        code: '22P02',
        detail: `Key (email)=(${WORD}) already exists.`,
        where: WORD,
        hint: WORD,
        internalQuery: WORD,
        parameters: [WORD],
      }),
    ],
    [
      'a process',
      Object.assign(new Error(`Command failed: curl -H ${WORD}\n${WORD}`), {
        cmd: `curl ${WORD}`,
        stdout: WORD,
        stderr: WORD,
        spawnargs: [WORD],
        code: 2,
      }),
    ],
    ['Redis', new Error(`ERR unknown command 'x', with args beginning with: '${WORD}' '${WORD}' `)],
    ['any field at all', Object.assign(new Error('Plain.'), { token: WORD, body: { a: WORD } })],
    ['an aggregate', new AggregateError([new Error(`password=${WORD}`)], `token: ${WORD}`)],
    ['a cause', new Error('Outer.', { cause: new Error(`redis://u:${WORD}@h:1/0`) })],
    ['an object', { message: `api_key="${WORD}"`, secret: WORD }],
    ['a string', `Authorization: Bearer ${WORD}`],
  ])('%s', (_name, raw) => {
    expect(shown(convertException(raw))).not.toContain(WORD);
    expect(JSON.stringify(convertException(raw).details)).not.toContain(WORD);
    expect(shown(convertException(raw, { origin: 'llm' }))).not.toContain(WORD);
    const wrapped = new BaseError({
      code: ErrorCode.SYSTEM_ERROR,
      message: 'Wrapped.',
      originalError: raw,
      details: { raw: raw instanceof Error ? raw : 'none' },
    });
    expect(shown(wrapped)).not.toContain(WORD);
    expect(isRetryable(raw)).toBeTypeOf('boolean');
  });

  test.each([
    `https://user:${WORD}@host/path`,
    `redis://:${WORD}@host:6379/0`,
    `postgres://u:${WORD}/with/slash@host/db`.replace('/with/slash', ''),
    `GET /x?access_token=${WORD}`,
    `see https://host/p?x=${WORD}&y=1`,
    `Bearer ${WORD}`,
    `basic ${WORD}`,
    `authorization: ${WORD}`,
    `Cookie: a=${WORD}; b=${WORD}`,
    `password=${WORD}`,
    `{"password":"${WORD}"}`,
    `{"apiKey": "${WORD}"}`,
    `client_secret='${WORD}'`,
    `the key sk-proj-${WORD}`,
    `ghp_${WORD}1234`,
    `xoxb-${WORD}`,
    `AKIA${WORD}1234`,
    `eyJhbGciOiJ${WORD}.eyJzdWIi${WORD}.${WORD}`,
    `-----BEGIN PRIVATE KEY-----\n${WORD}\n-----END PRIVATE KEY-----`,
    `whsec_${WORD}`,
    `redis://user:p@${WORD}@host/0`,
    `redis://user:p/${WORD}@host/0`,
    `redis://user:p#${WORD}@host:6379/0`,
    `user:${WORD}@tcp(host:3306)/db`,
    `https://hooks.slack.com/services/T0/B0/${WORD}`,
    `Authorization: Token ${WORD}`,
    `{"authorization":"ApiKey ${WORD}"}`,
    `Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=${WORD}`,
    `X-Amz-Signature=${WORD}`,
    `{\\"password\\":\\"${WORD}\\"}`,
    `{"password": "a\\"${WORD}"}`,
    `passwords: ["${WORD}"]`,
    `password '${WORD}'`,
    `password=*${WORD}`,
    `password%3D${WORD}`,
    `user=u pass=${WORD}`,
    `AccountKey=${WORD}==;EndpointSuffix=h`,
    `SharedAccessSignature=${WORD}`,
    `jwt=${WORD}`,
    `access_key_id=${WORD}`,
    `xapp-1-${WORD}`,
    `ya29.${WORD}`,
    `SG.${WORD}.${WORD}`,
    `pplx-${WORD}`,
    `token ${WORD}a1b2c3d4e5f6a7b8c9d0e1f2`,
  ])('a message that says %s', (message) => {
    expect(shown(convertException(new Error(message)))).not.toContain(WORD);
  });

  test('a secret that lies across the cut', () => {
    for (let padding = 480; padding < 520; padding++) {
      const raw = new Error(`${'x '.repeat(padding / 2)}redis://user:${WORD}@host`);
      expect(shown(convertException(raw))).not.toContain(WORD);
    }
  });
});

test.each<[string, object]>([
  ['the path of an issue', { issues: [{ path: [`sk-${WORD}`], message: 'Wrong.' }] }],
  [
    'a pointer of ajv',
    { validation: true, ajv: true, errors: [{ instancePath: `/sk-${WORD}`, message: 'Wrong.' }] },
  ],
  ['the name', { name: `sk-${WORD}` }],
  [
    'the path of a bot',
    { isAxiosError: true, config: { url: `https://h/bot12:AAF${WORD}${'a1'.repeat(12)}/send` } },
  ],
  [
    'the path of a webhook',
    { isAxiosError: true, config: { url: `https://h/services/T0/B0/${WORD}a1b2c3d4e5f6` } },
  ],
  ['the method', { isAxiosError: true, config: { method: `sk-${WORD}` } }],
  ['an older stack', { stack: `Error: old\n    at once ${WORD}\n    at f (a.js:1:1)` }],
])('no secret of %s is shown', (_name, fields) => {
  const found = shown(convertException(Object.assign(new Error('Fields.'), fields)));
  expect(found.toUpperCase()).not.toContain(WORD);
});

test('an own message that repeats a foreign one, and data of another process', () => {
  const own = new BaseError({
    code: ErrorCode.SYSTEM_ERROR,
    message: `Failed: redis://u:${WORD}@host`,
    originalError: new Error(`password=${WORD}`),
  });
  const lines: unknown[] = [];
  const log = (...values: unknown[]): void => void lines.push(...values);
  own.logError({ debug: log, info: log, warn: log, error: log });
  expect(JSON.stringify([own, lines])).not.toContain(WORD);
  expect(inspect(own)).not.toContain(WORD);
  const json = { code: ErrorCode.TASK_ERROR, message: `jwt=${WORD}`, original_error: `sk-${WORD}` };
  expect(shown(BaseError.fromJSON(json))).not.toContain(WORD);
});

test('own details are masked by their names and by their looks', () => {
  const error = new BaseError({
    code: ErrorCode.SYSTEM_ERROR,
    message: 'Own.',
    details: {
      password: WORD,
      apiKey: WORD,
      nested: { access_token: WORD, headers: { Authorization: WORD, cookie: [WORD] } },
      url: `redis://u:${WORD}@host`,
      secret: { reveal: () => WORD },
      wrapped: { value: { reveal: () => WORD, value: WORD } },
      map: new Map([['token', WORD]]),
      auth: { user: 'u', pass: WORD },
      apiKeys: [WORD],
      pin: 4711,
      has_password: true,
      max_tokens: 7,
      component: 'database',
    },
  });
  const json = JSON.stringify(error);
  expect(json).not.toContain(WORD);
  expect(json).not.toContain('4711');
  const rest = { max_tokens: 7, component: 'database', has_password: true };
  expect(error.toJSON().details).toMatchObject(rest);
});

test('what is not secret stays readable', () => {
  const id = '123e4567-e89b-12d3-a456-426614174000';
  const messages = [
    'connect ECONNREFUSED 127.0.0.1:6379',
    `Task ${id} not found`,
    "ENOENT: no such file or directory, open '/etc/app.json'",
    'duplicate key value violates unique constraint "users_email_key"',
    '503 Service Unavailable',
    'max_tokens must be at least 1',
    'GET http://localhost:8080/@scope/name failed',
    'write to a@b.example failed',
    'invalid signature',
    'password is too short',
    'Unexpected token at position 7',
  ];
  for (const message of messages) {
    expect(convertException(new Error(message)).message).toBe(message);
  }
});

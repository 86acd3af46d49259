import { runInNewContext } from 'node:vm';
import { MASK, redactValue, Secret, setRedaction } from '@map/redaction';
import { hostileValues } from '@map-tooling/testing';
import { describe, expect, it } from 'vitest';

it('copies plain data and masks secret fields, texts and paths', () => {
  const undo = setRedaction({ paths: ['order.card', 'items[*].pin', 'headers.*'] });
  const value = {
    user: 'ann',
    db_password: 1,
    jwt: null,
    auth: true,
    max_tokens: 5,
    order: { card: 'x', total: 3 },
    items: [{ pin: 1, n: 2 }],
    headers: { host: 'h' },
    url: 'redis://u:NOBODY@h',
    secret: new Secret('NOBODY'),
    lazy: { reveal: () => 'NOBODY' },
    rawHeaders: ['Host', 'h', 'Authorization', 'Bearer NOBODY'],
    entries: [
      ['x-api-key', 'NOBODY'],
      ['cookie', ['NOBODY']],
    ],
    argv: ['run', '--fast', '--token', 'NOBODY', '--port', '80'],
    env: [
      { Name: 'DB_PASSWORD', Value: 'NOBODY' },
      { ParameterKey: 'ApiKey', ParameterValue: 'NOBODY' },
      { key: 'color', value: 'red' },
    ],
    map: new Map<unknown, unknown>([
      ['token', 'NOBODY'],
      [1, 2],
    ]),
    set: new Set(['a']),
    date: new Date(0),
    bytes: new Uint8Array(3),
    error: new TypeError('Received "NOBODY"'),
    big: 7n,
    nan: Number.NaN,
    skipped: undefined,
    call: () => 1,
  };
  const copy = redactValue(value);
  undo();
  expect(JSON.stringify(copy)).not.toContain('NOBODY');
  expect(copy).toEqual({
    user: 'ann',
    db_password: MASK,
    jwt: null,
    auth: true,
    max_tokens: 5,
    order: { card: MASK, total: 3 },
    items: [{ pin: MASK, n: 2 }],
    headers: { host: MASK },
    url: `redis://u:${MASK}@h`,
    secret: MASK,
    lazy: MASK,
    rawHeaders: ['Host', 'h', 'Authorization', MASK],
    entries: [
      ['x-api-key', MASK],
      ['cookie', MASK],
    ],
    argv: ['run', '--fast', '--token', MASK, '--port', '80'],
    env: [
      { Name: 'DB_PASSWORD', Value: MASK },
      { ParameterKey: 'ApiKey', ParameterValue: MASK },
      { key: 'color', value: 'red' },
    ],
    map: { token: MASK, number: 2 },
    set: ['a'],
    date: '1970-01-01T00:00:00.000Z',
    bytes: '[3 bytes]',
    error: 'TypeError: Received …',
    big: '7',
    nan: null,
  });
});

it('is bounded in depth, width and size', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(redactValue(circle)).toEqual({ self: '[Circular]' });
  expect(redactValue({ a: { b: { c: 1 } } }, { depth: 2 })).toEqual({
    a: { b: '[Truncated: depth]' },
  });
  expect(redactValue([1, 2, 3, 4], { items: 3 })).toEqual([1, 2, '[2 more]']);
  expect(redactValue({ a: 1, b: 2, c: 3 }, { items: 2 })).toEqual({ a: 1, '…': '[2 more]' });
  expect(redactValue('x'.repeat(20), { text: 5 })).toBe('xxxx…');
  const many = Array.from({ length: 90 }, () => 'x'.repeat(1500));
  expect(JSON.stringify(redactValue(many)).length).toBeLessThan(70_000);
});

describe('never throws', () => {
  it.each(hostileValues())('$name', ({ value }) => {
    const copy = redactValue({ value, list: [value] });
    expect(JSON.stringify(copy).length).toBeLessThan(200_000);
    expect(redactValue(copy)).toEqual(copy);
  });
});

it('masks the value of an entry with a secret name', () => {
  const entries = [
    { name: 'Authorization', value: 'NOBODY' },
    { key: 'DB_PASSWORD', value: 'NOBODY' },
    { name: 'Accept', value: 'text/html' },
  ];
  expect(redactValue({ entries })).toEqual({
    entries: [
      { name: 'Authorization', value: MASK },
      { key: 'DB_PASSWORD', value: MASK },
      { name: 'Accept', value: 'text/html' },
    ],
  });
});

it('a boxed primitive is its value, not a field for each character', () => {
  const boxed = [new String('Bearer abcdefghijklmnop'), new Number(5), new Boolean(true)];
  expect(redactValue({ boxed })).toEqual({ boxed: [`Bearer ${MASK}`, 5, true] });
  const endless = Object.assign(new String('x'), { valueOf: () => endless });
  expect(redactValue({ endless })).toEqual({ endless: '[Circular]' });
});

const SECRET = 'zq8Kt3vLw9';

it.each([
  { omit: ['password', 'email', 'token'] },
  { columns: ['id', 'email', 'password_hash', 'api_key', 'name'] },
  { fields: ['password', 'token'] },
  { content: [{ token: ' the', logprob: -0.1, top_logprobs: [{ token: 'A', logprob: -2 }] }] },
  { properties: { token: { type: 'string', description: 'The token of the page' } } },
  { properties: { password: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null } } },
  { session: { cookie: { secure: true, sameSite: 'lax', maxAge: 3600 } } },
  { secrets: 12, cookies: 0, apiKeys: [], credentials: {} },
  { password: '', auth: 'none', token: '[REDACTED]', credentials: 'include' },
])('shows fields with secret names that hold no secret: %j', (value) => {
  expect(redactValue(value)).toEqual(value);
});

it.each([
  { login: ['password', SECRET] },
  { login: ['user', 'ann', 'password', 'swordfish'] },
  { argv: ['curl', '--password', 'swordfish'] },
  { password: 'Password1234', secret: 'My swordfish secret', token: 'file:swordfish' },
  { token: SECRET, logprob: 'none' },
  { password: { type: 'string', default: SECRET } },
  { password: { type: 'string', examples: [SECRET] } },
  { token: { value: SECRET, type: 'bearer' } },
  { otp: 123456, pin: 1234, password: 7 },
  { secrets: [SECRET] },
])('masks the others: %j', (value) => {
  const copy = JSON.stringify(redactValue(value));
  expect(copy).not.toMatch(/zq8Kt3vLw9|swordfish|123456|1234|:7/);
  expect(copy).toContain(MASK);
});

it('masks every value of a name that a policy gives', () => {
  const undo = setRedaction({ keys: ['secrets'] });
  expect(redactValue({ secrets: 12 })).toEqual({ secrets: MASK });
  undo();
});

it.each([
  [['curl', '-u', `ann:${SECRET}`, 'https://h.example'], 2],
  [['mysql', '-u', 'root', `-p${SECRET}`], 3],
  [['redis-cli', '-h', 'db', '-a', SECRET, 'ping'], 4],
  [['docker', 'login', '-u', 'ann', '-p', SECRET, 'r.example'], 5],
])('masks the credential among the arguments of a program: %j', (argv, place) => {
  expect(redactValue({ argv })).toEqual({ argv: argv.with(place, MASK) });
});

it.each([
  { argv: ['tar', '-xzf', 'a.tgz', '-C', '/srv'] },
  { argv: ['docker', 'run', '-p', '80:80', '-u', '1000:1000', 'redis'] },
  { argv: ['-u', 7, null, ['-p'], 'x'.repeat(1000)] },
])('shows other arguments: %j', (value) => expect(redactValue(value)).toEqual(value));

it('copies a Map and a Set of another realm like its own', () => {
  const foreign = runInNewContext('new Map([["a", 1], ["password", "x"], ["b", new Set([1])]])');
  expect(redactValue(foreign)).toEqual({ a: 1, password: MASK, b: [1] });
});

it.each([
  'пароль',
  '密码',
  'パスワード',
  '비밀번호',
  'lösenord',
  'hasło',
  'Şifre',
  'db_contraseña',
])('hides a field that has a name of another language: %s', (name) =>
  expect(redactValue({ [name]: 'abc' })).toEqual({ [name]: MASK }),
);

it('hides a field of a doubtful name only with a value that looks like a secret', () => {
  const random = 'Zk9dQwLm27Zk9dQwLm27xy';
  const secrets = {
    private: random,
    x_hmac: '9f86d081884c7d659a2feaa0c55ad015',
    parola: 'hunter2xy',
  };
  expect(Object.values(redactValue(secrets) as object)).toEqual([MASK, MASK, MASK]);
  const shown = {
    private: true,
    hmac: 'sha256',
    parola: 'ciao',
    clave: 'id_usuario',
    mdp: { states: 3 },
    sas: 12,
  };
  expect(redactValue(shown)).toEqual(shown);
  const undo = setRedaction({ keys: ['parola'] });
  expect(redactValue({ parola: 'ciao' })).toEqual({ parola: MASK });
  undo();
});

it('a foreign error does not show the input that a parser or an assertion quotes', () => {
  const shown = (message: string): unknown => redactValue(new Error(message));
  for (const message of [
    // yaml, js-yaml, smol-toml, Node's assertions
    `Nested mappings are not allowed at line 1, column 4:\n\na: nobody: b\n   ^\n`,
    `bad indentation of a mapping entry (1:25)\n\n 1 | a: nobody: b\n------------^`,
    `duplicated mapping key (2:1)\n\n 1 | nobody: 1\n 2 | nobody: 2\n-----^\n 3 | nobody: 3`,
    `Invalid TOML document: invalid value\n\n1:  a = nobody\n        ^\n`,
    `Expected values to be strictly equal:\n+ actual - expected\n\n+ 'nobody'\n- 'x'\n`,
    `Expected values to be strictly equal:\n\n'nobody' !== 'x'\n`,
  ]) {
    expect(JSON.stringify(shown(message))).not.toContain('nobody');
    expect(JSON.stringify(shown(message))).toContain(message.slice(0, 20));
  }
  const lines = 'two lines:\n  a | b\n  ^ is a sign here';
  expect(shown(lines)).toContain('is a sign here');
});

import { inspect } from 'node:util';
import {
  isSecretKey,
  MASK,
  redactForeignText,
  redactText,
  redactUrl,
  setRedaction,
} from '@map/redaction';
import { Redactor } from '@map/redaction/kernel';
import { describe, expect, it } from 'vitest';

describe('redactText', () => {
  it.each([
    ['password=hunter2, max_tokens: 5000', `password=${MASK}, max_tokens: 5000`],
    ['http://KEYabc123:@proxy:8080/', `http://${MASK}@proxy:8080/`],
    ['redis://app:pw@db:6379/0', `redis://app:${MASK}@db:6379/0`],
    ['ssh://git@github.com', 'ssh://git@github.com'],
    ['GET /v1?key=abcdef&page=2', `GET /v1?key=${MASK}&page=2`],
    ['{"api_key":["a","b"],"n":1}', `{"api_key":${MASK},"n":1}`],
    ['{\\"password\\":\\"a\\\\\\"b\\"} rest', `{\\"password\\":\\"${MASK}\\"} rest`],
    ['AUTH default pw9', `AUTH default ${MASK}`],
    ['Authorization: Bearer abc.def\nHost: h', `Authorization: ${MASK}\nHost: h`],
    ['Invalid token: please log in', 'Invalid token: please log in'],
    ['authorization: none', 'authorization: none'],
    [`SK${'0a'.repeat(16)} and ${'0a'.repeat(16)}-us12`, `${MASK} and ${MASK}`],
    [`by pat${'aB1cD2e'.repeat(2)}.${'0a'.repeat(32)}`, `by ${MASK}`],
    [`${'aB1c'.repeat(19)}AZDOx1Y2 oy2${'ab2c'.repeat(10)}abc`, `${MASK} ${MASK}`],
    ['BSA is BSAbcdefghijklmnopqrstuvwxyz12A', `BSA is ${MASK}`],
    [
      'NotificationServiceHandler.handle.processIncomingNotificationRequests',
      'NotificationServiceHandler.handle.processIncomingNotificationRequests',
    ],
    ['pull ghcr.io/o/app:v1.2.3@sha256:abcdef01', 'pull ghcr.io/o/app:v1.2.3@sha256:abcdef01'],
    ['re_ranker-v2 and access-production-logs', 're_ranker-v2 and access-production-logs'],
    ['SKU-4711, pul-request-9, npg_x', 'SKU-4711, pul-request-9, npg_x'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('cuts at the limit, and leaves no half of a secret there', () => {
    expect(redactText('x'.repeat(50), { limit: 10 })).toBe('xxxxxxxxx…');
    for (let padding = 0; padding < 40; padding += 1) {
      const text = `${'y'.repeat(padding)} redis://u:NOBODYMAYSEE@h ${'z'.repeat(3000)}`;
      expect(redactText(text, { limit: 30 })).not.toMatch(/NOBO/);
    }
  });
});

describe('redactForeignText', () => {
  it.each([
    '`tls` must be a key and a certificate in PEM that belong together; they cannot be read by this server.',
    '`a` and `b` must be given together, because otherwise the server could not know which of the two of them is wanted.',
    'The value ("x"), which was read from the third line of the file, is not one of the names that this server knows.',
    'No column named "total": the query that was given has only the columns that the view of last year also had.',
  ])('keeps the sentence behind a quoted name: %s', (text) => {
    expect(redactForeignText(text)).toBe(text);
  });

  it.each([
    ['said "V" to us', 'said "…" to us'],
    ['said "V', 'said "…"'],
    ['cut `V`, again', 'cut "…", again'],
    ['x="V" y', 'x="…" y'],
    ['Label("V")', 'Label("…")'],
    ['said " V" here', 'said "…" here'],
    ['"a"V" here', '"a"…" here'],
  ])('removes a long quoted value: %s', (text, expected) => {
    expect(redactForeignText(text.replace('V', 'Zsecret'.repeat(20)))).toBe(expected);
  });

  it.each([
    'No completion chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG here.',
    'See resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b for more.',
  ])('keeps the id of a response: %s', (text) => {
    expect(redactForeignText(text)).toBe(text);
  });

  it('keeps sentences with apostrophes', () => {
    const text =
      "This model's maximum context length is 8192 tokens. You didn't ask for fewer, and the model's limit can't be raised for this deployment.";
    expect(redactForeignText(text)).toBe(text);
  });

  it('removes the values that a message repeats', () => {
    expect(redactForeignText("Duplicate entry 'O'Neill' for key 'users.name'")).toBe(
      "Duplicate entry '…' for key 'users.name'",
    );
    expect(redactForeignText('invalid input syntax for type integer: "a" b"')).toBe(
      'invalid input syntax for type integer: "…"',
    );
  });
});

it('redactUrl keeps host, user and plain query values', () => {
  expect(redactUrl(new URL('https://app:pw@h/p?page=2&access_token=x'))).toBe(
    `https://app:${MASK}@h/p?page=2&access_token=${MASK}`,
  );
});

describe('isSecretKey', () => {
  it.each([
    ...['db_password', 'DB_PASSWORD', 'openaiApiKey', 'openai_api_key', 'session_id', 'sessionId'],
    ...['jwt', 'x-auth-token', 'X-Api-Key', 'aws_secret_access_key', 'accessTokens', 'set-cookie'],
    ...[
      'OPENAI_API_KEY_2',
      'STRIPE_SECRET_KEY_TEST',
      'jwtSecretOld',
      'password2',
      'dbPass',
      'smtp_pw',
    ],
    ...['secret_key_base', 'password_confirmation', 'code_verifier', 'recoveryCodes', 'PHPSESSID'],
    ...['proxy-authorization', 'client.secret', 'Signature', 'pin', 'auth', 'private key', 'cvc'],
  ])('%s is secret', (name) => expect(isSecretKey(name)).toBe(true));

  it.each([
    ...['max_tokens', 'tokens', 'prompt_tokens', 'token_count', 'eos_token', 'next_page_token'],
    ...[
      'model',
      'trace_id',
      'primary_key',
      'cache_key',
      'key',
      'monkey',
      'passed',
      'compass',
      'id',
    ],
    ...['time_to_first_token', 'costPerToken', 'time_per_output_token', 'bypass', 'encompass'],
    ...['author', 'design', 'signal', 'shipping', 'keyspace', '', 'constructor', '__proto__'],
  ])('%s is not', (name) => expect(isSecretKey(name)).toBe(false));
});

describe('setRedaction', () => {
  it('adds keys, patterns and personal data until it is undone', () => {
    const text = 'CUST-4711 ann@example.com 4111 1111 1111 1111 078-05-1120 customer_no=7';
    const undo = setRedaction({
      keys: ['customer_no'],
      patterns: [/CUST-\d+/],
      personal: ['email', 'card', 'nationalId'],
    });
    expect(redactText(text)).toBe(`${MASK} ${MASK} ${MASK} ${MASK} customer_no=${MASK}`);
    undo();
    undo();
    expect(redactText(text)).toBe(text);
  });

  it('keeps a number that only looks like a card', () => {
    const undo = setRedaction({ personal: ['card'] });
    expect(redactText('order 4111111111111112')).toBe('order 4111111111111112');
    undo();
  });

  it('switches the built-in names and patterns off', () => {
    const undo = setRedaction({ defaultKeys: false, defaultPatterns: false });
    expect(isSecretKey('password')).toBe(false);
    expect(redactText('password=x sk-proj-abcdefgh1234')).toBe('password=x sk-proj-abcdefgh1234');
    undo();
    expect(isSecretKey('password')).toBe(true);
  });

  it.each([
    [{ keys: 'password' }, '`keys` must be an array of strings, got a string.'],
    [
      { patterns: ['x'] },
      '`patterns` must be an array of regular expressions, got an array with a value of type string.',
    ],
    [{ paths: ['a..b'] }, /`paths` must be an array of paths/],
    [
      { personal: ['phone'] },
      '`personal` must be an array of email, card, nationalId, got an array with a value of type string.',
    ],
    [
      { values: [7] },
      '`values` must be an array of strings or objects with reveal(), got an array with a value of type number.',
    ],
    [{ nope: 1 }, '`nope` is not an option of a redaction policy. Use one of keys, paths, '],
    [null, '`policy` must be an object, got null.'],
  ])('rejects %j', (policy, message) => {
    const code = 'REDACTION_OPTION_INVALID';
    expect(() => setRedaction(policy as never)).toThrow(message);
    expect(() => setRedaction(policy as never)).toThrow(expect.objectContaining({ code }));
  });
});

it('a Redactor applies its own policy beside that of the process', () => {
  const redactor = new Redactor({ keys: ['plate'], values: ['s3cr3t-value'] });
  const { version } = redactor;
  expect(redactor.isSecretKey('license-plate')).toBe(false);
  expect(redactor.isSecretKey('Plate')).toBe(true);
  expect(redactor.text('a s3cr3t-value b')).toBe(`a ${MASK} b`);
  redactor.addSecrets(['other-value']);
  expect(redactor.version).not.toBe(version);
  expect(redactor.text('an other-value')).toBe(`an ${MASK}`);
  expect(redactText('an other-value')).toBe('an other-value');
});

it.each([
  '{"properties":{"token":{"type":"string","description":"of the page"}}}',
  '{"token":" the","logprob":-0.31,"bytes":[32]}',
  'permissions: ["secrets:list","password:reset"]',
  'token = r.headers.get("authorization")',
  'secret: arn:aws:secretsmanager:eu-west-1:1:secret:db',
  '{"password":["must be longer"]}',
  'redis-cli -a "$REDIS_PASSWORD" ping',
])('leaves alone: %s', (text) => expect(redactText(text)).toBe(text));

it.each([
  `{"properties":{"token":{"type":"string","default":"zq8Kt3vLw9"}}}`,
  '{"token":"zq8Kt3vLw9","logprobs":null}',
  '{"password":["zq8Kt3vLw9"]}',
  'secret: zq8Kt3vLw9',
  'jwt_secret: swordfish',
  'token=swordfish',
  '"token":"swordfish"',
  'password = "correct horse battery"',
  'token: swordfish',
  'auth: swordfish',
  'session_id: swordfish',
  'apiKey: my_swordfish_key',
  'password: swordfishPassword',
  '"secret":"The Horse Phrase"',
  'Invalid API key "swordfish"',
  "redis-cli -a '$zq8Kt3vLw9' ping",
])('masks the value: %s', (text) => {
  expect(redactText(text)).not.toMatch(/zq8Kt3vLw9|swordfish|horse/);
});

const colored = inspect(
  { password: 'zq8Kt3vLw9', auth: { apiKey: 'zq8Kt3vLw9' } },
  { colors: true },
);

it.each([
  colored,
  '\u001b[31mpassword\u001b[0m=zq8Kt3vLw9',
  '\u001b[1mAuthorization\u001b[22m: Bearer zq8Kt3vLw9',
  '\u001b[2Kpassword=zq8Kt3vLw9',
])('masks a value between colors: %j', (text) => {
  expect(redactText(text)).not.toContain('zq8Kt3vLw9');
});

it('leaves the colors of a string without a secret', () => {
  const text = '\u001b[32mok\u001b[0m GET /users 200';
  expect(redactText(text)).toBe(text);
});

it.each([
  // Durations, flags of a program, variables that are required
  'auth: 12ms',
  '  -p, --password     prompt for the password',
  '  --token TOKEN     access token to use',
  'DB_PASSWORD=${DB_PASSWORD:?must be set}',
  // Options, calls and types of programs
  "auth: { type: 'oauth2', flow: 'pkce' }",
  "const token = header.slice('Bearer '.length);",
  'String token = request.getHeader("Authorization");',
  "UPDATE users SET password_hash = crypt($1, gen_salt('bf'))",
  'pub secret: SecretString,',
  "new OpenAI({ apiKey: 'My API Key' })",
  // Events and errors
  'failed for volume "token" : configmap "kube-root-ca.crt" not found',
  "ldap.INVALID_CREDENTIALS: {'desc': 'Invalid credentials'}",
  'HGETALL secrets:index',
  'DEL csrf:42',
  'sync token s123_456 saved',
  'password changed to argon2id by migration 0042',
])('shows %s', (text) => {
  expect(redactText(text)).toBe(text);
});

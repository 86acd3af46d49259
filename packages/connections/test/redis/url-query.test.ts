import { expect, test } from 'vitest';
import { redisTarget } from '../../src/index.ts';

test.each([
  'redis://h?db=3',
  'redis://h/3?family=6',
  'rediss://h/3?ssl_cert_reqs=none&ssl_ca_certs=/etc/ca.pem',
  'redis://h/3?decode_responses=True&socket_timeout=5&health_check_interval=30',
  'redis://h/3?protocol=3&dial_timeout=5s&pool_size=10',
  'redis://h/3?allowUsernameInURI=true&connectTimeout=10000',
  'valkey://h/3?client_name=worker&timeout=10s',
  'unix:///run/redis.sock?db=3&protocol=2',
])('%s works: other clients read the same URL', (url) => {
  expect(redisTarget('cache', { url }).database).toBe(3);
});

test.each([
  ['redis://h?dbb=3', 'dbb', 'Did you mean `db`?'],
  ['redis://h?DB=3', 'DB', 'Did you mean `db`?'],
  ['redis://h?database=3', 'database', 'Did you mean `db`?'],
  ['redis://h?pasword=HIDDEN', 'pasword', 'Did you mean `password`?'],
  ['redis://h?password=HIDDEN', 'password', 'Use the `password` option'],
  ['redis://h?user=HIDDEN', 'user', 'Use the `username` option'],
  ['redis://h?ssl=true', 'ssl', 'rediss://'],
  ['redis://h?tls', 'tls', 'rediss://'],
  ['redis://h?keyPrefix=app:', 'keyPrefix', 'not supported'],
  ['redis://h?foo=HIDDEN', 'foo', 'It reads `db`; other options stand beside `url`.'],
  ['redis://h/1?db=1&foo=2', 'foo', 'It reads `db`'],
  ['redis://h?__proto__=1', '__proto__', 'It reads `db`'],
  ['redis://h?constructor=1', 'constructor', 'It reads `db`'],
  ['unix:///run/redis.sock?database=3', 'database', 'Did you mean `db`?'],
])('%s is refused, which names %s and what to write', (url, name, remedy) => {
  let found: unknown;
  try {
    redisTarget('cache', { url });
  } catch (error) {
    found = error;
  }
  expect(found).toMatchObject({ code: 'CONFIG_INVALID_3002' });
  const { message } = found as Error;
  expect(message).toContain(`\`${name}\` in the query of \`url\` of redis connection "cache"`);
  expect(message).toContain(remedy);
  expect(message).not.toContain('HIDDEN');
});

test.each([
  ['redis://h/2/', 2],
  ['redis://h/', 0],
  ['redis://h?db=', 0],
])('the database of %s is %i', (url, database) => {
  expect(redisTarget('cache', { url }).database).toBe(database);
});

test.each([
  ['unix://:p%40ss@/run/redis.sock?db=3', undefined, 'p@ss'],
  ['unix://app:pass@/run/redis.sock?db=3', 'app', 'pass'],
  ['UNIX://app@/run/redis.sock?db=3', 'app', undefined],
])('the socket of %s is opened with its credentials', (url, username, password) => {
  expect(redisTarget('cache', { url })).toMatchObject({
    path: '/run/redis.sock',
    host: 'localhost',
    database: 3,
    username,
    password,
  });
});

test.each([
  ['redis://m%C3%BCnchen.example', 'xn--mnchen-3ya.example'],
  ['redis://münchen.example:6380/1', 'xn--mnchen-3ya.example'],
  ['redis://h%61', 'ha'],
  ['redis://[::1]/1', '::1'],
])('the host of %s is %s', (url, host) => {
  expect(redisTarget('cache', { url }).host).toBe(host);
});

test.each([
  ['unix://run/redis.sock', 'got a malformed one'],
  ['unix://:HIDDEN@run/redis.sock', 'got a malformed one'],
  ['redis+tls://h', 'got redis+tls://'],
  ['redis-sentinel://:HIDDEN@h:26379/mymaster', 'got redis-sentinel://'],
  ['h:6379', 'got a string without a scheme'],
])('a URL of another form is refused: %s', (url, got) => {
  expect(() => redisTarget('cache', { url })).toThrow(`or unix:///path, ${got}.`);
});

test.each(['redis://h/HIDDEN', 'redis://h/0/HIDDEN', 'redis://h?db=HIDDEN', 'redis://h/1e3'])(
  'a database must be a number: %s',
  (url) => {
    const message =
      'The database in `url` of redis connection "cache" must be a number, such as 0 in /0.';
    const refused = expect.objectContaining({ code: 'CONFIG_INVALID_3002', message });
    expect(() => redisTarget('cache', { url })).toThrow(refused);
  },
);

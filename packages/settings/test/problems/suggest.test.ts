import { expect, test } from 'vitest';
import { suggest } from '../../src/problems/suggest.ts';

const known = [
  'LOG_LEVEL',
  'LOG_LEVELS',
  'LOG_FORMAT',
  'DEBUG',
  'REDIS_POOL_MIN',
  'REDIS_POOL_MAX',
  'HTTP_PROXY',
];

test.each([
  ['LOG_FROMAT', 'LOG_FORMAT'],
  ['log-format', 'LOG_FORMAT'],
  ['DEBGU', 'DEBUG'],
  ['DBUG', 'DEBUG'],
  ['LOG_LEVL', 'LOG_LEVEL'],
  ['REDIS_POOL_MA', 'REDIS_POOL_MAX'],
])('%s means %s', (name, meant) => {
  expect(suggest(name, known)).toBe(meant);
});

test.each(['HOME', 'FTP_PROXY', 'BUG', 'LOG', 'REDIS_POOL_MIX', 'DATABASE_URL', ''])(
  '%j means nothing',
  (name) => {
    expect(suggest(name, known)).toBeUndefined();
  },
);

import { Secret } from '@map/settings';
import { expect, test } from 'vitest';
import { collectSecrets, maskingOf } from '../../src/wiring/secrets.ts';

test('finds secrets at any depth and passwords in URLs, in both spellings', () => {
  const secrets = collectSecrets({
    KEY: new Secret('sk-planted-1'),
    PROVIDERS: { openai: { api_key: new Secret('sk/planted 2') } },
    LIST: [new Set([new Secret('in-a-set')])],
    URL: 'redis://user:p%40ss-word@host:1/0',
    PLAIN: 'not-secret',
  });
  expect(secrets).toEqual(
    expect.arrayContaining([
      'sk-planted-1',
      'sk/planted 2',
      'sk%2Fplanted%202',
      'in-a-set',
      'p@ss-word',
      'p%40ss-word',
    ]),
  );
  expect(secrets).not.toContain('not-secret');
});

test('masks every place of every secret', () => {
  const mask = maskingOf(['longer-secret', 'secret']);
  expect(mask('a secret and a longer-secret')).toBe('a ********** and a **********');
  expect(maskingOf([])('as it is')).toBe('as it is');
});

test('texts too short to be told from words are no secrets', () => {
  expect(collectSecrets({ A: new Secret('abc') })).toEqual([]);
});

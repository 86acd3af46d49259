import { Secret } from '@map/settings';
import { expect, test } from 'vitest';
import { collectSecrets, maskingOf } from '../src/secrets.ts';

test('finds secrets at any depth and passwords in URLs, in both spellings', () => {
  const secrets = collectSecrets({
    KEY: new Secret('sk-planted-1'),
    PROVIDERS: { openai: { api_key: new Secret('sk/planted 2') } },
    LIST: [new Set([new Secret('in-a-set')])],
    URL: 'redis://user:p%40ss-word@host:1/0',
    PLAIN: 'not-secret',
  });
  expect(new Set(secrets)).toEqual(
    new Set([
      'sk-planted-1',
      'sk/planted 2',
      'sk%2Fplanted%202',
      'in-a-set',
      'p@ss-word',
      'p%40ss-word',
    ]),
  );
});

test('masks every place of every secret', () => {
  const mask = maskingOf(['longer-secret', 'secret']);
  expect(mask('a secret and a longer-secret')).toBe('a ********** and a **********');
  expect(maskingOf([])('as it is')).toBe('as it is');
});

test('short texts, cycles and broken URLs are no secrets', () => {
  const settings: Record<string, unknown> = { A: new Secret('abc'), B: 'http://%:%@x', C: 'a@://' };
  settings['SELF'] = settings;
  expect(collectSecrets(settings)).toEqual([]);
});

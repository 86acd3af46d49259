import { expect, test } from 'vitest';
import { maskUrl } from '../../src/values/mask.ts';

test.each([
  ['redis://u:p@h:6379/0', 'redis://u:**********@h:6379/0'],
  ['redis://:p@h', 'redis://:**********@h'],
  ['postgres://u:p/a?s#s@h/db', 'postgres://u:**********@h/db'],
  [
    'https://h/?api_key=k&x=1&accessToken=t',
    'https://h/?api_key=**********&x=1&accessToken=**********',
  ],
  ['jdbc:x://h;password=p;y=1', 'jdbc:x://h;password=**********;y=1'],
  ['https://h/?sig=s&AccountKey=k', 'https://h/?sig=**********&AccountKey=**********'],
  ['mongodb://h/?authSource=admin&keyspace=1', 'mongodb://h/?authSource=admin&keyspace=1'],
  ['https://user@h/a@b', 'https://user@h/a@b'],
  ['https://h:80/x', 'https://h:80/x'],
  ['plain text', 'plain text'],
])('%s', (text, masked) => {
  expect(maskUrl(text)).toBe(masked);
});

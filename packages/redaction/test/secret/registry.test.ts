import { inspect } from 'node:util';
import { MASK, redactText, redactValue, registerSecrets, Secret } from '@map/redaction';
import { afterEach, expect, it } from 'vitest';

const secret = 'kT/9=x1+"q z\'<é\\&';
const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

function spellings(text: string): [string, string][] {
  const url = new URL('http://h/');
  url.username = text;
  url.searchParams.set('q', text);
  const path = new URL(`http://h/${encodeURIComponent(text)}`);
  const encoded = encodeURIComponent(text);
  return [
    ['plain', text],
    ['encodeURIComponent', encoded],
    ['encodeURI', encodeURI(text)],
    ['lower-case escapes', encoded.replace(/%../g, (hex) => hex.toLowerCase())],
    ['encoded twice', encodeURIComponent(encoded)],
    ['user name of a URL', url.href],
    ['query of a URL', url.search],
    ['path of a URL', path.href],
    ['JSON', JSON.stringify({ text })],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ text }))],
    ['JSON of ASCII', JSON.stringify(text).replace('é', '\\u00e9')],
    ['JSON in a URL', `x=${encodeURIComponent(JSON.stringify({ text }))}`],
    ['HTML', text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')],
    ['Base64', Buffer.from(text).toString('base64')],
    ['Base64 for URLs', Buffer.from(text).toString('base64url')],
    ...['u', 'us', 'use', 'user'].map((user): [string, string] => [
      `Basic of ${user}`,
      `Basic ${Buffer.from(`${user}:${text}`).toString('base64')}`,
    ]),
    ['`escape()`', encoded.replaceAll('%C3%A9', '%E9')],
    ['a printed buffer', inspect({ body: Buffer.from(text) })],
    ['the JSON of a buffer', JSON.stringify({ body: Buffer.from(text) }, null, 2)],
    ['the JSON of bytes', JSON.stringify({ body: new Uint8Array(Buffer.from(text)) }, null, 2)],
    [
      'the JSON of bytes in JSON',
      JSON.stringify(JSON.stringify(Uint8Array.from(Buffer.from(text)))),
    ],
    ['printed bytes', inspect(Uint8ClampedArray.from(Buffer.from(text)))],
    ['a printed ArrayBuffer', inspect({ body: Uint8Array.from(Buffer.from(text)).buffer })],
    ['hexadecimal', Buffer.from(text).toString('hex')],
    ['hexadecimal in upper case', Buffer.from(text).toString('hex').toUpperCase()],
  ];
}

it.each(spellings(secret))('a registered secret is masked: %s', (_name, spelled) => {
  const line = `before ${spelled} after`;
  undo.push(registerSecrets([secret]));
  const shown = redactText(line);
  expect(shown).toContain(MASK);
  expect(shown.startsWith('before ')).toBe(true);
  expect(shown.endsWith(' after')).toBe(true);
  for (const part of ['kT', '9%3D', 'x1', 'a1Q']) expect(shown).not.toContain(part);
});

it('a registration lasts until it is taken back, once for each', () => {
  const first = registerSecrets([new Secret('twice-registered')]);
  const second = registerSecrets(['twice-registered', '']);
  first();
  first();
  expect(redactText('twice-registered')).toBe(MASK);
  second();
  expect(redactText('twice-registered')).toBe('twice-registered');
});

it('a short secret is masked only where it is the whole string', () => {
  undo.push(registerSecrets(['abc']));
  expect(redactText('abc')).toBe(MASK);
  expect(redactText('abcdef')).toBe('abcdef');
});

it('the longer of two secrets wins, and giant ones are found', () => {
  const giant = 'g1'.repeat(3000);
  undo.push(registerSecrets(['prefix-secret', 'prefix-secret-longer', giant]));
  expect(redactText('prefix-secret-longer')).toBe(MASK);
  expect(redactText(`a ${giant} b`, { limit: 9000 })).toBe(`a ${MASK} b`);
});

it('a number may be a secret', () => {
  undo.push(registerSecrets(['123456789']));
  expect(redactValue({ a: 123456789, b: 5 })).toEqual({ a: MASK, b: 5 });
});

it('rejects what is not a secret, without showing it', () => {
  expect(() => registerSecrets([{ value: 'NOBODY' } as never])).toThrow(
    '`values` must be an array of strings or objects with reveal() that returns one, got an array with a value of type object.',
  );
});

it('masks a printed buffer that is cut before the end of a long secret', () => {
  const long = 'planted-4711-'.repeat(8);
  undo.push(registerSecrets([long]));
  expect(redactText(inspect(Buffer.from(long)))).toBe(`<Buffer ${MASK} ... 54 more bytes>`);
});

it('masks line breaks and characters beyond Latin as they are escaped', () => {
  const text = 'k1\r\nT/9\tx1\\\\密码';
  undo.push(registerSecrets([text]));
  const json = JSON.stringify({ text });
  for (const line of [
    text,
    text.replaceAll('\r', ''),
    json,
    encodeURIComponent(json),
    escape(text),
  ]) {
    expect(redactText(line)).toContain(MASK);
    expect(redactText(line)).not.toMatch(/k1|T.{1,9}9/);
  }
});

it('takes linear time where most of a secret with line breaks or backslashes is', () => {
  const pem = Array.from({ length: 28 }, () => `${'MIIEvQ'.repeat(10)}abcd`).join('\r\n');
  const slashes = '\\'.repeat(20);
  undo.push(registerSecrets([`${pem}x`, `${slashes}x`, '\n\n\n\n']));
  const start = process.cpuUsage();
  expect(redactText(`${pem}y`, { limit: 5000 })).toBe(`${pem}y`);
  expect(redactText(slashes.repeat(20))).toBe(slashes.repeat(20));
  // Exponential time is minutes.
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
});

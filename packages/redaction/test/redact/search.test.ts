import { readFileSync } from 'node:fs';
import { MASK, redactText } from '@map/redaction';
import { expect, it } from 'vitest';
import { PLANTED, SERVER_ECHOES } from '../corpus/planted.ts';

const innocent: string[] = JSON.parse(
  readFileSync(new URL('../corpus/innocent.json', import.meta.url), 'utf8'),
);

// With a token and each sign before it, a string is seen by every rule, whatever the quick search for
// candidates says about the rest.
const OPEN = 'ghp_x4711abcdef https://h.example/ </i> "b", --c %3 ';
const OPENED = `${MASK} https://h.example/ </i> "b", --c %3 `;

/** A generator of numbers below a limit, the same in each run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}

it('finds in every string what the rules find in it, wherever it stands', () => {
  const below = numbers(17);
  const any = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const secrets = [...PLANTED, ...SERVER_ECHOES];
  const around = [
    '',
    ' ',
    '\n',
    '\t',
    '"',
    '(',
    '=',
    '/',
    '%22',
    '\\n',
    '\\u0022',
    'ü',
    '漢',
    'a',
    '-',
  ];
  const changes: ((text: string) => string)[] = [
    (text) => text,
    (text) => text.toUpperCase(),
    (text) => text.toLowerCase(),
    (text) => text.slice(0, 1 + below(text.length)),
    (text) => text.slice(below(text.length)),
    (text) => text.replace(/ /g, any(['\t', '+', '%20', '  ', '-', '_'])),
    (text) => text.replace('4711', any(['', '-', '_', '.', ' '])),
    (text) => JSON.stringify(text),
    (text) => encodeURIComponent(text),
  ];
  const missed: string[] = [];
  let found = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const secret = any(changes)(any(secrets));
    const before = below(3) === 0 ? '' : `${any(innocent)}${any(around)}`;
    const line = `${before}${any(around)}${secret}${any(around)}${below(2) === 0 ? any(innocent) : ''}`;
    const seen = redactText(line, { limit: 10_000 });
    if (seen !== line) found += 1;
    // What was found in a line is seldom only a part: every fourth is enough of these.
    if (seen !== line && round % 4 !== 0) continue;
    if (OPENED + seen !== redactText(OPEN + line, { limit: 10_000 })) missed.push(line);
  }
  process.stdout.write(`strings with a secret: ${found} of 20000, missed ${missed.length}\n`);
  expect(missed).toEqual([]);
  expect(found).toBeGreaterThan(10_000);
}, 120_000);

it.each([
  ['', 'ghp_x4711abcdef', ''],
  ['"db_password" : "', 'hunter2', '"'],
  ['https://ann:', 'hunter2', '@h/'],
  ['["x-api-key", "', 'hunter22', '"]'],
  ['{"name":"API_KEY","value":"', 'hunter2', '"}'],
])('finds a secret at each place of a long string: %s%s%s', (before, secret, after) => {
  // A long string is looked at in parts of 8192 characters, which overlap by 128.
  for (let place = 8_020; place < 8_200; place += 1) {
    const start = `${'word '.repeat(2_000).slice(0, place)} ${before}`;
    const end = `${after} ${'word '.repeat(60)}`;
    const seen = redactText(start + secret + end, { limit: 10_000 });
    if (seen !== start + MASK + end) expect.fail(`not found at ${place}`);
  }
});

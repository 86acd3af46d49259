import { readFileSync } from 'node:fs';
import { MASK, redactForeignText, redactText } from '@map/redaction';
import { expect, it } from 'vitest';
import { ECHOED, ENCODED, ENCODED_LINES, PLANTED, SERVER_ECHOES, WORD } from '../corpus/planted.ts';

const innocent: string[] = JSON.parse(
  readFileSync(new URL('../corpus/innocent.json', import.meta.url), 'utf8'),
);

it('leaves innocent lines alone', () => {
  expect(innocent.length).toBeGreaterThan(500);
  const changed = innocent.filter((line) => redactText(line) !== line);
  const echoed = innocent.filter((line) => redactForeignText(line) !== line);
  process.stdout.write(
    `innocent lines changed: ${changed.length} of ${innocent.length}, as foreign messages ${echoed.length}\n`,
  );
  expect(changed.length).toBeLessThanOrEqual(innocent.length / 100);
  // URL queries and quoted values of foreign messages are removed on purpose.
  expect(echoed.length).toBeLessThanOrEqual((2 * innocent.length) / 100);
});

it('finds every planted secret', () => {
  const lines = [...PLANTED, ...SERVER_ECHOES].flatMap((text) => [
    text,
    `2026-11-29 ERROR ${text} (attempt 2)`,
    `It didn't work: ${text}`,
    JSON.stringify({ message: text }),
  ]);
  const left = [
    ...lines.filter((line) => redactText(line).includes(WORD)),
    ...ECHOED.filter((line) => redactForeignText(line).includes(WORD)),
  ];
  process.stdout.write(
    `planted secrets found again: ${left.length} of ${lines.length + ECHOED.length}\n`,
  );
  expect(left).toEqual([]);
});

it('masks encoded JSON that contains a secret, and no other', () => {
  for (const value of ENCODED) {
    for (const word of encodings(value)) {
      for (const [before, after] of [
        ['body ', ' sent'],
        ['{"data":"', '"}'],
        ['\\n', ''],
      ]) {
        expect(redactText(before + word + after)).toBe(before + MASK + after);
      }
    }
  }
  const lines = [{ id: 42, model: 'gpt-5.1' }, [{ n: 1, names: ['a'] }], { max_tokens: 512 }]
    .flatMap(encodings)
    .map((word) => `cursor ${word}, next`);
  expect(lines.filter((line) => redactText(line) !== line)).toEqual([]);
});

it('masks encoded lines that contain a secret, and no other', () => {
  const words = ENCODED_LINES.flatMap((line) => {
    const once = Buffer.from(line).toString('base64');
    const hex = Buffer.from(line).toString('hex');
    const all = [once, once.replace(/=+$/, '')];
    return line.includes('=') ? [...all, hex, hex.toUpperCase()] : all;
  });
  for (const word of words) {
    for (const before of [
      'body ',
      '{"data":"',
      '\\n',
      '%22',
      'https://h.example/?state=',
      'db: ',
    ]) {
      expect(redactText(`${before}${word}`)).toBe(before + MASK);
    }
  }
  const lines = [
    'The password is too short.',
    'secret_count: 12',
    'max_token=5000',
    'a_key_of_mine',
  ]
    .flatMap((line) => [btoa(line), btoa(btoa(line)), Buffer.from(line).toString('hex')])
    .map((word) => `cursor ${word}, next`);
  expect(lines.filter((line) => redactText(line) !== line)).toEqual([]);
});

it.each([64, 76])('masks Base64 in lines of %i characters as a whole', (columns) => {
  for (const line of [
    `${'HOST=localhost\n'.repeat(9)}DB_PASSWORD=NOBODY4711\n${'PORT=8080\n'.repeat(9)}`,
    JSON.stringify({ note: 'x'.repeat(99), more: { api_key: 'NOBODY4711', text: 'y'.repeat(99) } }),
    `-----BEGIN PRIVATE KEY-----\n${'Ab1'.repeat(99)}\n-----END PRIVATE KEY-----\n`,
  ]) {
    for (const end of ['\n', '\r\n', '\\n', '\\r\\n']) {
      const word = btoa(line).replace(new RegExp(`.{${columns}}`, 'g'), `$&${end}`);
      expect(redactText(`data: ${word} end`, { limit: 5000 })).toBe(`data: ${MASK} end`);
    }
  }
  const image = Array.from({ length: 20 }, (_, line) => btoa(`image ${line} of 20`.repeat(3)));
  expect(redactText(image.join('\n'))).toBe(image.join('\n'));
});

it('masks keys and headers that are in Base64 twice', () => {
  for (const key of ['sk-proj-', 'sk-ant-api03-', 'ghp_', 'AIzaSy', 'Bearer ']) {
    expect(redactText(`data ${btoa(btoa(`${key}zq8Kt3vLw9zq8Kt3vLw9`))}`)).toBe(`data ${MASK}`);
  }
});

it('decodes what is encoded many times in linear time', () => {
  for (const plain of ['{"a":1}', 'my_token is a word', '[{"n":"password"}]']) {
    let word = plain;
    while (word.length < 60_000) word = btoa(word);
    const start = process.cpuUsage();
    redactText(`${word} ghp_4711abcdef`, { limit: 100_000 });
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
  }
});

it('reads thousands of words between a name and its sign', () => {
  const text = `password ${'was '.repeat(20_000)}: zq8Kt3vLw9`;
  expect(redactText(text, { limit: 200_000 })).not.toContain('zq8');
});

function encodings(value: object): string[] {
  return [JSON.stringify(value), JSON.stringify(value, null, 2)].flatMap((json) => {
    const bytes = Buffer.from(json);
    const hex = bytes.toString('hex');
    const base64 = bytes.toString('base64');
    return [base64, btoa(base64), bytes.toString('base64url'), hex, hex.toUpperCase()];
  });
}

it('redacts what it redacted to the same', () => {
  for (const line of [...innocent, ...PLANTED, ...ECHOED]) {
    const once = redactText(line);
    expect(redactText(once)).toBe(once);
  }
});

it('takes time linear in the length of a string', () => {
  const parts = [
    ...[
      '://',
      '://a:',
      '://a:b@',
      '@://',
      'a-',
      'eyJ-',
      'eyJa.',
      '\\"',
      "'",
      '"',
      'password=',
      '--x ',
    ],
    ...[
      'token: ',
      'Bearer ',
      '-----BEGIN PRIVATE KEY-----',
      'AUTH ',
      ': "',
      '[{',
      'sk-',
      'a@b.c',
      ' ',
    ],
    ...[
      'params: ',
      'Received "',
      'Key (',
      '%3d',
      '=',
      'x=',
      'a:a@',
      '-u a:',
      'secret "',
      'api key ',
    ],
    ...[
      'mysql ',
      'mysql -p',
      'redis-cli ',
      'docker login ',
      '<a>',
      '<a ',
      '<a></',
      '"a","',
      '%3A%2F%2F',
    ],
    ...[
      '%22',
      '&quot;',
      'ACL SETUSER a ',
      'Digest a=',
      'authorization: "',
      '%25',
      'pk-a',
      '1//0',
      'a.a.',
    ],
    ...[
      'set-cookie: aAUTH ',
      'cookie: yes no ',
      'cookie: null',
      'authorization: Bearer YOUR_',
      "password: don't ",
      'proxy-authorization=token <',
    ],
    ...[
      'echo ',
      'echo a|',
      'curl -b a=',
      'http -a a:',
      'token("',
      'c2stcHJv',
      '<key>a</key>',
      'name="a" ',
      'token: {"type":"a",',
      'token: {"anyOf":[{"type":"a"},',
      'token: ["is a",',
      'auth: [a,a',
      'password: "must a',
      'htpasswd -b a ',
      'Digest a=b, ',
      '0123456789abcdef0123456789abcdef.',
      '$6$a$',
      'basic+',
      'Bearer+',
      'negotiate%20',
      'docker login ',
      'redis-cli ',
      '.aaaaaa.',
      'eyJ',
      ' eyJhIjoi',
      '7b22',
      ' 7b2261223a22aaaaaaaa',
      'openssl a ',
      'net use \\\\a ',
      'kinit a',
      'vercel ',
      'secret --from-literal=a=',
      'put-parameter --value ',
      'dsn=a/',
      '"a1234567",',
    ],
    ...[
      `${'A'.repeat(64)}\n`,
      `MIIEpAIBA${'A'.repeat(64)}\n`,
      'MIIEpAIBA',
      'private: 0xa',
      'parola: a',
      'hmac_',
      'hmac=',
      'sas=',
      'private:',
      '密码: a',
      'contraseña_a ',
      'lösenord" : "',
      'a1 LOGIN a ',
      'a1 LOGIN "a',
      'AUTH PLAIN\n334 \n',
      '331 a\nPASS ',
      'C: PASS a',
      'bw login a@a ',
      "mysql -p'a ",
      'password:\n',
      'password:\n a1',
      'c2stLXByb2o6Ly9',
      '<a><![CDATA[',
      'password for a: a',
      'password (a): 1a',
      'auth("a", "',
      'login("1", "1',
      '${password:?',
      '--token  a ',
      ' c2stc2st',
      'token a1234567/',
    ],
  ];
  for (const part of parts) {
    // Time that grows with the square of this length is several seconds.
    const text = part.repeat(Math.ceil(60_000 / part.length));
    const start = process.cpuUsage();
    // It does what `redactText()` does first.
    redactForeignText(text, { limit: text.length });
    const { user } = process.cpuUsage(start);
    expect(user / 1000, `milliseconds for ${JSON.stringify(part)}`).toBeLessThan(1000);
  }
}, 180_000);

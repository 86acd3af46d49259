import { echo, rejection, testStandard } from '../support/standard.ts';

testStandard({
  'headers are given as a record, pairs or Headers': [
    async (fetch, url) => {
      const seen: unknown[] = [];
      for (const headers of [
        { 'X-Case': 'a' },
        [['x-case', 'a']] as [string, string][],
        new Headers({ 'x-case': 'a' }),
      ]) {
        seen.push((await echo(fetch, url, { headers })).headers['x-case']);
      }
      return seen;
    },
    ['a', 'a', 'a'],
  ],
  'a header that is given twice is combined': [
    async (fetch, url) => {
      const headers: [string, string][] = [
        ['x-many', 'a'],
        ['X-Many', 'b'],
      ];
      return (await echo(fetch, url, { headers })).headers['x-many'];
    },
    'a, b',
  ],
  'a value is trimmed, and empty ones are sent': [
    async (fetch, url) => {
      const headers = { 'x-trim': ' \t a b \t', 'x-empty': '' };
      const seen = (await echo(fetch, url, { headers })).headers;
      return [seen['x-trim'], seen['x-empty']];
    },
    ['a b', ''],
  ],
  'values are Latin-1, and nothing beyond': [
    async (fetch, url) => [
      (await echo(fetch, url, { headers: { 'x-latin': 'caf\xe9' } })).headers['x-latin'],
      await rejection(fetch(url, { headers: { 'x-wide': '\u20ac' } })),
    ],
    ['caf\xe9', 'rejected'],
  ],
  'names and values that would split the request are refused': [
    async (fetch, url) => {
      const ends: string[] = [];
      for (const [name, value] of [
        ['bad name', 'x'],
        ['', 'x'],
        ['x-a', 'a\r\nx-b: c'],
        ['x-a', 'a\0b'],
        ['x-a:', 'b'],
      ] as const) {
        ends.push(await rejection(fetch(url, { headers: [[name, value]] })));
      }
      return ends;
    },
    Array.from({ length: 5 }, () => 'rejected'),
  ],
  'defaults are sent unless the caller has its own': [
    async (fetch, url) => {
      const bare = (await echo(fetch, url)).headers;
      const headers = { accept: 'text/x', 'user-agent': 'mine', 'accept-encoding': 'identity' };
      const own = (await echo(fetch, url, { headers })).headers;
      return [
        ...[bare['accept'], bare['user-agent'] !== undefined, bare['host'] === new URL(url).host],
        ...[own['accept'], own['user-agent'], own['accept-encoding']],
      ];
    },
    ['*/*', true, true, 'text/x', 'mine', 'identity'],
  ],
  'the length of a body is that of the body': [
    async (fetch, url) => {
      const { headers, body } = await echo(fetch, url, { method: 'POST', body: 'four' });
      return [headers['content-length'], body];
    },
    ['4', 'four'],
  ],
  'headers of a response are read in any case': [
    async (fetch, url) => {
      const { headers } = await fetch(`${url}/headers`);
      return [headers.get('X-ONE'), headers.get('x-many'), headers.has('x-none')];
    },
    ['a', 'a, b', false],
  ],
  'values of a response are Latin-1': [
    async (fetch, url) => (await fetch(`${url}/headers`)).headers.get('x-latin'),
    'caf\xe9',
  ],
  'cookies of a response stay apart': [
    async (fetch, url) => {
      const { headers } = await fetch(`${url}/headers`);
      return [headers.getSetCookie(), [...headers].filter(([name]) => name === 'set-cookie')];
    },
    [
      ['a=1', 'b=2'],
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    ],
  ],
  'headers of a response are sorted': [
    async (fetch, url) => {
      const { headers } = await fetch(`${url}/headers`);
      return [...headers.keys()].filter((name) => name.startsWith('x-'));
    },
    ['x-latin', 'x-many', 'x-one'],
  ],
  'init replaces all headers of a Request': [
    async (fetch, url) => {
      const request = new Request(`${url}/echo`, { headers: { 'x-a': '1', 'x-b': '2' } });
      const response = await fetch(request, { headers: { 'x-b': '3' } });
      const { headers } = (await response.json()) as { headers: Record<string, string> };
      return [headers['x-a'] ?? null, headers['x-b']];
    },
    [null, '3'],
  ],
  'well-known methods are put in capitals, others are not': [
    async (fetch, url) => {
      const methods: string[] = [];
      for (const method of ['get', 'Post', 'pUT', 'delete', 'options', 'PATCH', 'PROPFIND']) {
        methods.push((await echo(fetch, url, { method })).method);
      }
      return methods;
    },
    ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'],
  ],
  'CONNECT, TRACE, TRACK and invalid methods are refused': [
    async (fetch, url) => {
      const ends: string[] = [];
      for (const method of ['CONNECT', 'trace', 'TRACK', 'A B', '', 'É']) {
        ends.push(await rejection(fetch(url, { method })));
      }
      return ends;
    },
    Array.from({ length: 6 }, () => 'rejected'),
  ],
  'URLs that cannot be fetched are refused': [
    async (fetch) => {
      const ends: string[] = [];
      for (const url of ['', '/path', 'http://', 'http://a b/', 'http://u:p@host/', 'ftp://h/']) {
        ends.push(await rejection(fetch(url)));
      }
      for (const url of [undefined, null, 5, {}, Symbol('s')]) {
        ends.push(await rejection(fetch(url as never)));
      }
      return ends;
    },
    Array.from({ length: 11 }, () => 'rejected'),
  ],
  'options that have no meaning are refused': [
    async (fetch, url) => {
      const ends: string[] = [];
      for (const init of [
        { redirect: 'sometimes' },
        { headers: [['one']] },
        { headers: 5 },
        { signal: {} },
        { method: 'POST', body: Symbol('s') },
      ]) {
        ends.push(await rejection(fetch(url, init as never)));
      }
      return ends;
    },
    Array.from({ length: 5 }, () => 'rejected'),
  ],
});

import { rejection, testStandard } from '../support/standard.ts';

async function chunksOf(stream: ReadableStream<Uint8Array> | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += Buffer.from(chunk).toString();
  return text;
}

const all = 'chunk0;chunk1;chunk2;chunk3;chunk4;';

testStandard({
  'a status says whether it is ok': [
    async (fetch, url) => {
      const seen: unknown[] = [];
      for (const status of [200, 206, 299, 400, 404, 500, 599]) {
        const response = await fetch(`${url}/status/${status}?text=A%20word`);
        await response.text();
        seen.push([response.status, response.statusText, response.ok]);
      }
      return seen;
    },
    [
      ...[200, 206, 299].map((status) => [status, 'A word', true]),
      ...[400, 404, 500, 599].map((status) => [status, 'A word', false]),
    ],
  ],
  'HEAD, 204, 205 and 304 have a null body': [
    async (fetch, url) => {
      const seen: unknown[] = [];
      for (const [path, method] of [
        ['/status/200', 'HEAD'],
        ['/status/204', 'GET'],
        ['/status/205', 'GET'],
        ['/status/304', 'GET'],
      ]) {
        const response = await fetch(`${url}${path}`, { method: method ?? '' });
        seen.push([response.body, await response.text(), response.bodyUsed]);
      }
      return seen;
    },
    Array.from({ length: 4 }, () => [null, '', false]),
  ],
  'an empty body is a stream without chunks': [
    async (fetch, url) => {
      const response = await fetch(`${url}/typed`);
      return [response.body instanceof ReadableStream, await response.text(), response.bodyUsed];
    },
    [true, '', true],
  ],
  'the type, the class and the URL': [
    async (fetch, url) => {
      const response = await fetch(`${url}/typed?body=x`);
      await response.text();
      return [
        ...[response instanceof Response, response.type, response.redirected],
        ...[response.url.replace(url, ''), Object.prototype.toString.call(response)],
      ];
    },
    [true, 'basic', false, '/typed?body=x', '[object Response]'],
  ],
  'the URL of a response has no fragment, and that of each call is its own': [
    async (fetch, url) => {
      const paths = ['/typed?a#b', '/typed?a#', '/typed#?a', '/typed', '/typed?a#b'];
      const shown: string[] = [];
      for (const path of paths) {
        const response = await fetch(url + path);
        await response.text();
        shown.push(response.url.replace(url, ''));
      }
      return shown;
    },
    ['/typed?a', '/typed?a', '/typed', '/typed', '/typed?a'],
  ],
  'many URLs are called in turn': [
    async (fetch, url) => {
      const paths = Array.from({ length: 150 }, (_, index) => `/typed?body=${index % 110}`);
      let wrong = 0;
      for (const path of paths) {
        const response = await fetch(url + path);
        if ((await response.text()) !== path.slice('/typed?body='.length)) wrong++;
        if (response.url !== url + path) wrong++;
      }
      return wrong;
    },
    0,
  ],
  'a body is read by iteration, chunk by chunk': [
    async (fetch, url) => {
      const response = await fetch(`${url}/chunks`);
      return [await chunksOf(response.body), response.bodyUsed];
    },
    [all, true],
  ],
  'a reader locks the body, and gives it back': [
    async (fetch, url) => {
      const response = await fetch(`${url}/chunks`);
      const reader = response.body?.getReader();
      const whileLocked = [response.body?.locked, await rejection(response.text())];
      reader?.releaseLock();
      return [...whileLocked, response.body?.locked, await response.text()];
    },
    [true, 'rejected', false, all],
  ],
  'a reader with its own buffer fills it': [
    async (fetch, url) => {
      const response = await fetch(`${url}/chunks`);
      const reader = response.body?.getReader({ mode: 'byob' });
      let text = '';
      for (let buffer = new Uint8Array(4); ; ) {
        const { done, value } = (await reader?.read(buffer)) ?? { done: true, value: undefined };
        text += Buffer.from(value ?? []).toString();
        if (done || value === undefined) return text;
        buffer = new Uint8Array(value.buffer as ArrayBuffer, 0, 4);
      }
    },
    all,
  ],
  'a clone is read beside the original, in any order': [
    async (fetch, url) => {
      const response = await fetch(`${url}/chunks`);
      const copy = response.clone();
      const again = copy.clone();
      return [
        ...[await copy.text(), await chunksOf(response.body), await again.text()],
        ...[copy.url === response.url, copy.status, copy.type, copy.redirected],
      ];
    },
    [all, all, all, true, 200, 'basic', false],
  ],
  'the headers of a clone are its own': [
    async (fetch, url) => {
      const response = await fetch(`${url}/headers`);
      const copy = response.clone();
      const isSame = copy.headers === response.headers;
      const names = ['x-one', 'x-many', 'x-latin'];
      const values = [response, copy].map(({ headers }) => names.map((name) => headers.get(name)));
      await Promise.all([response.text(), copy.text()]);
      const cookies = [response, copy].map(({ headers }) => headers.getSetCookie());
      return [isSame, ...values, ...cookies];
    },
    [
      false,
      ...[
        ['a', 'a, b', 'caf\xe9'],
        ['a', 'a, b', 'caf\xe9'],
      ],
      ...[
        ['a=1', 'b=2'],
        ['a=1', 'b=2'],
      ],
    ],
  ],
  'what was read or is locked cannot be cloned': [
    async (fetch, url) => {
      const read = await fetch(`${url}/typed?body=x`);
      await read.text();
      const locked = await fetch(`${url}/typed?body=x`);
      locked.body?.getReader();
      const clone = async (response: Response) => response.clone();
      return [await rejection(clone(read)), await rejection(clone(locked))];
    },
    ['rejected', 'rejected'],
  ],
  'one branch of a clone that is left does not end the other': [
    async (fetch, url) => {
      const response = await fetch(`${url}/chunks`);
      const copy = response.clone();
      void copy.body?.cancel();
      return await response.text();
    },
    all,
  ],
  'a body can be piped and teed': [
    async (fetch, url) => {
      const piped = await fetch(`${url}/chunks`);
      const decoded = piped.body?.pipeThrough(new TextDecoderStream() as never);
      let text = '';
      for await (const part of decoded ?? []) text += String(part);
      const teed = await fetch(`${url}/chunks`);
      const [one, two] = teed.body?.tee() ?? [];
      return [text, ...(await Promise.all([chunksOf(one ?? null), chunksOf(two ?? null)]))];
    },
    [all, all, all],
  ],
  'a cancelled body is at its end': [
    async (fetch, url) => {
      const response = await fetch(`${url}/begun`);
      await response.body?.cancel('enough');
      return [response.bodyUsed, await rejection(response.text())];
    },
    [true, 'rejected'],
  ],
  'a body that breaks off rejects every way of reading it': [
    async (fetch, url) => {
      const ends: string[] = [];
      for (const read of ['text', 'json', 'arrayBuffer', 'blob'] as const) {
        ends.push(await rejection((await fetch(`${url}/chunks/cut`))[read]()));
      }
      ends.push(await rejection(chunksOf((await fetch(`${url}/chunks/cut`)).body)));
      return ends;
    },
    Array.from({ length: 5 }, () => 'rejected'),
  ],
  'codings are undone, and the header that named them stays': [
    async (fetch, url) => {
      const response = await fetch(`${url}/gzip`);
      const coding = response.headers.get('content-encoding');
      return [await response.text(), coding, await rejection(readBroken(fetch, url))];
    },
    ['compressed', 'gzip', 'rejected'],
  ],
  'a data URL is a response': [
    async (fetch) => {
      const response = await fetch('data:text/x,a%20b');
      return [response.status, response.headers.get('content-type'), await response.text()];
    },
    [200, 'text/x', 'a b'],
  ],
  'a URL of a Blob is a response': [
    async (fetch) => {
      const url = URL.createObjectURL(new Blob(['held'], { type: 'text/x' }));
      const text = await (await fetch(url)).text();
      URL.revokeObjectURL(url);
      return text;
    },
    'held',
  ],
});

async function readBroken(fetch: typeof globalThis.fetch, url: string): Promise<string> {
  return await (await fetch(`${url}/gzip/broken`)).text();
}

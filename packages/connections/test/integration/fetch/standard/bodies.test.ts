import { echo, type Fetch, rejection, testStandard } from '../support/standard.ts';

/** The type, length and bytes of a sent body. */
function sent(body: () => NonNullable<RequestInit['body']>, more: RequestInit = {}) {
  return async (fetch: Fetch, url: string): Promise<unknown> => {
    const init = { method: 'POST', body: body(), duplex: 'half', ...more } as RequestInit;
    const seen = await echo(fetch, url, init);
    const { 'content-type': type = null, 'content-length': length = null } = seen.headers;
    return [type, length, seen.body];
  };
}

const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array([0, 1, 127, 128, 255]);
const raw = '\x00\x01\x7f\x80\xff';

/** Reads a response in one way, and then in another. */
function twice(first: 'text' | 'json' | 'arrayBuffer' | 'blob', path: string) {
  return async (fetch: Fetch, url: string): Promise<unknown> => {
    const response = await fetch(`${url}${path}`);
    const before = response.bodyUsed;
    await response[first]();
    return [before, response.bodyUsed, await rejection(response.text())];
  };
}

const used = [false, true, 'rejected'];

testStandard({
  'a string is UTF-8 text': [sent(() => 'é'), ['text/plain;charset=UTF-8', '2', 'Ã©']],
  'an empty string is a body of no bytes': [sent(() => ''), ['text/plain;charset=UTF-8', '0', '']],
  'a lone surrogate is replaced': [
    sent(() => 'a\ud800'),
    ['text/plain;charset=UTF-8', '4', 'a\xef\xbf\xbd'],
  ],
  'URLSearchParams are a form': [
    sent(() => new URLSearchParams([['a b', 'ü&']])),
    ['application/x-www-form-urlencoded;charset=UTF-8', '13', 'a+b=%C3%BC%26'],
  ],
  'bytes have no type': [sent(bytes), [null, '5', raw]],
  'a buffer has no type': [sent(() => bytes().buffer), [null, '5', raw]],
  'a view sends its own part': [
    sent(() => new DataView(bytes().buffer, 1, 2)),
    [null, '2', '\x01\x7f'],
  ],
  'a Blob has its own type': [
    sent(() => new Blob([bytes()], { type: 'image/x' })),
    ['image/x', '5', raw],
  ],
  'a Blob without a type has none': [sent(() => new Blob(['a'])), [null, '1', 'a']],
  'a stream has no length': [sent(() => new Blob(['stream']).stream()), [null, null, 'stream']],
  'a type that the caller names stays': [
    sent(() => 'x', { headers: { 'content-type': 'text/x' } }),
    ['text/x', '1', 'x'],
  ],
  'a form has a boundary, and can be read as a form': [
    async (fetch, url) => {
      const form = new FormData();
      form.set('field', 'ü');
      form.set('file', new File(['content'], 'a"b.txt', { type: 'text/x' }));
      const { headers, body } = await echo(fetch, url, { method: 'POST', body: form });
      const type = String(headers['content-type']);
      const read = await new Response(Buffer.from(body, 'latin1'), {
        headers: { 'content-type': type },
      }).formData();
      const file = read.get('file') as File;
      return [
        /^multipart\/form-data; boundary=/.test(type),
        ...[read.get('field'), file.name, file.type, await file.text()],
      ];
    },
    [true, 'ü', 'a"b.txt', 'text/x', 'content'],
  ],
  'null and undefined are no body': [
    async (fetch, url) => {
      const lengths: unknown[] = [];
      for (const body of [null, undefined]) {
        const { headers } = await echo(fetch, url, { method: 'POST', body: body as null });
        lengths.push([headers['content-length'], headers['content-type'] ?? null]);
      }
      return lengths;
    },
    [
      ['0', null],
      ['0', null],
    ],
  ],
  'GET and HEAD have no body': [
    async (fetch, url) => [
      await rejection(fetch(url, { body: 'x' })),
      await rejection(fetch(url, { method: 'HEAD', body: '' })),
    ],
    ['rejected', 'rejected'],
  ],
  'a stream needs half duplex, and one that is locked or read is refused': [
    async (fetch, url) => {
      const stream = (): ReadableStream => new Blob(['x']).stream();
      const locked = stream();
      locked.getReader();
      const read = new Response(stream());
      await read.text();
      const post = (body: unknown, duplex?: string): Promise<Response> =>
        fetch(`${url}/echo`, { method: 'POST', body, duplex } as RequestInit);
      return [
        await rejection(post(stream())),
        await rejection(post(locked, 'half')),
        await rejection(post(read.body, 'half')),
      ];
    },
    ['rejected', 'rejected', 'rejected'],
  ],
  'a stream that fails or holds anything but bytes ends the request': [
    async (fetch, url) => {
      const of = (start: (c: ReadableStreamDefaultController) => void): Promise<Response> =>
        fetch(`${url}/echo`, {
          method: 'POST',
          body: new ReadableStream({ start }),
          duplex: 'half',
        } as RequestInit);
      return [
        await rejection(of((controller) => controller.error(new Error('broken')))),
        await rejection(of((controller) => controller.enqueue({ not: 'bytes' }))),
      ];
    },
    ['rejected', 'rejected'],
  ],
  'the body of a Request is used up by sending it': [
    async (fetch, url) => {
      const request = new Request(`${url}/echo`, { method: 'POST', body: 'once' });
      const { body } = (await (await fetch(request)).json()) as { body: string };
      return [body, request.bodyUsed, await rejection(fetch(request))];
    },
    ['once', true, 'rejected'],
  ],
  'a clone of a Request can be sent beside it': [
    async (fetch, url) => {
      const request = new Request(`${url}/echo`, { method: 'PUT', body: 'twice' });
      const copy = request.clone();
      const bodies: string[] = [];
      for (const one of [request, copy]) {
        bodies.push(((await (await fetch(one)).json()) as { body: string }).body);
      }
      return bodies;
    },
    ['twice', 'twice'],
  ],
  'text is used up by reading it': [twice('text', '/typed?body=x'), used],
  'JSON is used up by reading it': [twice('json', '/typed?body=1'), used],
  'a buffer is used up by reading it': [twice('arrayBuffer', '/chunks'), used],
  'a Blob is used up by reading it': [twice('blob', '/chunks'), used],
  'text drops the mark of UTF-8 and replaces what is malformed': [
    async (fetch, url) => {
      const marked = await (await fetch(`${url}/typed?body=%EF%BB%BFa`)).text();
      return marked;
    },
    'a',
  ],
  'JSON that is malformed is a SyntaxError': [
    async (fetch, url) => {
      const whole = await fetch(`${url}/typed?body={`);
      const streamed = await fetch(`${url}/chunks`);
      return [await rejection(whole.json()), await rejection(streamed.json())];
    },
    ['SyntaxError', 'SyntaxError'],
  ],
  'a Blob has the type of the response': [
    async (fetch, url) => {
      const { type, size } = await (await fetch(`${url}/typed?type=text/X&body=abc`)).blob();
      return [type, size];
    },
    ['text/x', 3],
  ],
  'a form is read by its type, and refused by another': [
    async (fetch, url) => {
      const type = 'application/x-www-form-urlencoded';
      const form = await fetch(`${url}/typed?type=${type}&body=a%3Db`);
      const other = await fetch(`${url}/typed?type=text/plain&body=a%3Db`);
      return [(await form.formData()).get('a'), await rejection(other.formData())];
    },
    ['b', 'rejected'],
  ],
});

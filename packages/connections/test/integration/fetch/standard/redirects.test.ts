import { type Echo, echo, type Fetch, rejection, testStandard } from '../support/standard.ts';

/** Follows one redirect to the echo. */
async function follow(
  fetch: Fetch,
  url: string,
  status: number,
  init: RequestInit,
  to = '/echo',
): Promise<Echo> {
  const response = await fetch(`${url}/redirect/${status}?to=${encodeURIComponent(to)}`, init);
  return (await response.json()) as Echo;
}

function methods(status: number) {
  return async (fetch: Fetch, url: string): Promise<unknown> => {
    const seen: string[] = [];
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const body = ['POST', 'PUT', 'PATCH'].includes(method) ? 'text' : null;
      const to = encodeURIComponent('/echo');
      const response = await fetch(`${url}/redirect/${status}?to=${to}`, { method, body });
      const text = await response.text();
      const echoed = text === '' ? { method: '(no body)', body: '' } : (JSON.parse(text) as Echo);
      seen.push(`${method} → ${echoed.method} ${echoed.body}`.trim());
    }
    return seen;
  };
}

const kept = ['PUT → PUT text', 'DELETE → DELETE', 'PATCH → PATCH text'];
const getAndHead = ['GET → GET', 'HEAD → (no body)'];

testStandard({
  '301 turns POST into GET alone': [methods(301), [...getAndHead, 'POST → GET', ...kept]],
  '302 turns POST into GET alone': [methods(302), [...getAndHead, 'POST → GET', ...kept]],
  '303 turns all but HEAD into GET': [
    methods(303),
    [...getAndHead, 'POST → GET', 'PUT → GET', 'DELETE → GET', 'PATCH → GET'],
  ],
  '307 keeps method and body': [methods(307), [...getAndHead, 'POST → POST text', ...kept]],
  '308 keeps method and body': [methods(308), [...getAndHead, 'POST → POST text', ...kept]],
  'a GET made of a POST has no headers of a body': [
    async (fetch, url) => {
      const headers = { 'content-type': 'text/x', 'content-language': 'de', 'x-kept': '1' };
      const seen = await follow(fetch, url, 303, { method: 'POST', body: 'text', headers });
      return ['content-type', 'content-language', 'content-length', 'x-kept'].map(
        (name) => seen.headers[name] ?? null,
      );
    },
    [null, null, null, '1'],
  ],
  'a redirect without a location is the response': [
    async (fetch, url) => {
      const response = await fetch(`${url}/redirect/302`);
      return [response.status, response.redirected, await response.text()];
    },
    [302, false, 'moved'],
  ],
  '300 and 304 are not redirects': [
    async (fetch, url) => {
      const to = encodeURIComponent('/echo');
      const statuses: number[] = [];
      for (const status of [300, 304]) {
        statuses.push((await fetch(`${url}/redirect/${status}?to=${to}`)).status);
      }
      return statuses;
    },
    [300, 304],
  ],
  'a location is relative to the URL that sent it': [
    async (fetch, url) => {
      const seen: string[] = [];
      for (const to of ['/echo', '../echo', '//HOST/echo', `${url}/echo?a=b`]) {
        const location = to.replace('HOST', new URL(url).host);
        seen.push((await follow(fetch, url, 302, {}, location)).url);
      }
      return seen;
    },
    ['/echo', '/echo', '/echo', '/echo?a=b'],
  ],
  'the response names its last URL, without a fragment': [
    async (fetch, url) => {
      const to = encodeURIComponent('/echo#there');
      const response = await fetch(`${url}/redirect/302?to=${to}#here`);
      await response.text();
      return [response.url.replace(url, ''), response.redirected];
    },
    ['/echo', true],
  ],
  '20 redirects are followed and 21 are not': [
    async (fetch, url) => {
      const twenty = await (await fetch(`${url}/hops/20`)).text();
      return [twenty, await rejection(fetch(`${url}/hops/21`))];
    },
    ['arrived', 'rejected'],
  ],
  'redirect: error refuses every redirect, and only those': [
    async (fetch, url) => {
      const init = { redirect: 'error' } as const;
      const to = encodeURIComponent('/echo');
      return [
        await rejection(fetch(`${url}/redirect/301?to=${to}`, init)),
        (await fetch(`${url}/hops/0`, init)).status,
      ];
    },
    ['rejected', 200],
  ],
  'redirect: manual gives the redirect itself': [
    async (fetch, url) => {
      const to = encodeURIComponent('/echo');
      const response = await fetch(`${url}/redirect/307?to=${to}`, { redirect: 'manual' });
      return [response.status, response.headers.get('location'), response.redirected];
    },
    [307, '/echo', false],
  ],
  'other schemes and malformed URLs are not followed': [
    async (fetch, url) => {
      const ends: string[] = [];
      for (const to of ['ftp://host/', 'file:///etc/passwd', 'data:,x', 'http://:80', 'http://[']) {
        ends.push(await rejection(follow(fetch, url, 302, {}, to)));
      }
      return ends;
    },
    Array.from({ length: 5 }, () => 'rejected'),
  ],
  'credentials stay with their origin': [
    async (fetch, url, other) => {
      const headers = { authorization: 'Basic x', cookie: 'a=1', 'proxy-authorization': 'Basic y' };
      const seen: unknown[] = [];
      for (const to of ['/echo', `${other}/echo`]) {
        const { authorization = null, cookie = null } = (
          await follow(fetch, url, 302, { headers }, to)
        ).headers;
        seen.push([authorization, cookie]);
      }
      return seen;
    },
    [
      ['Basic x', 'a=1'],
      [null, null],
    ],
  ],
  'a stream is not sent again by 307, and not needed by 303': [
    async (fetch, url) => {
      const init = (): RequestInit =>
        ({ method: 'POST', body: new Blob(['text']).stream(), duplex: 'half' }) as RequestInit;
      return [
        await rejection(follow(fetch, url, 307, init())),
        (await follow(fetch, url, 303, init())).method,
      ];
    },
    ['rejected', 'GET'],
  ],
  'the host header follows the redirect': [
    async (fetch, url, other) => {
      const { headers } = await follow(fetch, url, 307, {}, `${other}/echo`);
      return headers['host'] === new URL(other).host;
    },
    true,
  ],
  'an aborted signal ends a chain': [
    async (fetch, url) => {
      const abort = new AbortController();
      const ended = rejection(fetch(`${url}/hops/15`, { signal: abort.signal }));
      abort.abort();
      return await ended;
    },
    'AbortError',
  ],
  'an echo needs no redirect': [async (fetch, url) => (await echo(fetch, url)).method, 'GET'],
});

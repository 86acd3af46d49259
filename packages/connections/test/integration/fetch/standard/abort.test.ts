import { rejection, testStandard } from '../support/standard.ts';

/** The reason that a promise rejects with. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => 'fulfilled',
    (error) => error,
  );
}

testStandard({
  'a signal that has aborted sends nothing': [
    async (fetch, url) => {
      const before = rejection(fetch(url, { signal: AbortSignal.abort() }));
      return await before;
    },
    'AbortError',
  ],
  'the reason of the signal is what rejects': [
    async (fetch, url) => {
      const reason = new Error('mine');
      const abort = new AbortController();
      const late = reasonOf(fetch(`${url}/never`, { signal: abort.signal }));
      abort.abort(reason);
      const early = reasonOf(fetch(url, { signal: AbortSignal.abort(reason) }));
      return [(await late) === reason, (await early) === reason];
    },
    [true, true],
  ],
  'a reason need not be an error': [
    async (fetch, url) => {
      const abort = new AbortController();
      const ended = reasonOf(fetch(`${url}/never`, { signal: abort.signal }));
      abort.abort('a word');
      return await ended;
    },
    'a word',
  ],
  'AbortSignal.timeout is a TimeoutError': [
    async (fetch, url) =>
      await rejection(fetch(`${url}/never`, { signal: AbortSignal.timeout(20) })),
    'TimeoutError',
  ],
  'the signal of a Request counts': [
    async (fetch, url) => {
      const abort = new AbortController();
      const request = new Request(`${url}/never`, { signal: abort.signal });
      const ended = rejection(fetch(request));
      abort.abort();
      return await ended;
    },
    'AbortError',
  ],
  'a signal of init replaces that of a Request, and null removes it': [
    async (fetch, url) => {
      const signal = AbortSignal.abort();
      const own = new AbortController().signal;
      const request = (): Request => new Request(`${url}/typed?body=x`, { signal });
      return [
        await (await fetch(request(), { signal: own })).text(),
        await (await fetch(request(), { signal: null })).text(),
      ];
    },
    ['x', 'x'],
  ],
  'an abort during the body rejects who reads': [
    async (fetch, url) => {
      const ends: unknown[] = [];
      for (const read of ['text', 'arrayBuffer', 'blob', 'json'] as const) {
        const abort = new AbortController();
        const response = await fetch(`${url}/begun`, { signal: abort.signal });
        const reading = rejection(response[read]());
        abort.abort();
        ends.push(await reading);
      }
      return ends;
    },
    Array.from({ length: 4 }, () => 'AbortError'),
  ],
  'an abort before the body is read rejects its reader': [
    async (fetch, url) => {
      const abort = new AbortController();
      const response = await fetch(`${url}/begun`, { signal: abort.signal });
      abort.abort();
      return await rejection(response.text());
    },
    'AbortError',
  ],
  'an abort errors the stream with its reason': [
    async (fetch, url) => {
      const abort = new AbortController();
      const response = await fetch(`${url}/begun`, { signal: abort.signal });
      const reader = response.body?.getReader();
      const first = await reader?.read();
      const reason = new Error('mine');
      abort.abort(reason);
      return [first?.done, (await reasonOf(reader?.read() as Promise<unknown>)) === reason];
    },
    [false, true],
  ],
  'an abort ends both branches of a clone': [
    async (fetch, url) => {
      const abort = new AbortController();
      const response = await fetch(`${url}/begun`, { signal: abort.signal });
      const copy = response.clone();
      abort.abort();
      return [await rejection(response.text()), await rejection(copy.text())];
    },
    ['AbortError', 'AbortError'],
  ],
  'an abort after the end changes nothing': [
    async (fetch, url) => {
      const abort = new AbortController();
      const response = await fetch(`${url}/typed?body=whole`, { signal: abort.signal });
      const copy = response.clone();
      const text = await response.text();
      const held = await copy.text();
      abort.abort();
      return [text, held, response.bodyUsed];
    },
    ['whole', 'whole', true],
  ],
  'one signal ends several calls': [
    async (fetch, url) => {
      const abort = new AbortController();
      const init = { signal: abort.signal };
      const ends = Array.from({ length: 5 }, () => rejection(fetch(`${url}/never`, init)));
      abort.abort();
      return await Promise.all(ends);
    },
    Array.from({ length: 5 }, () => 'AbortError'),
  ],
  'an abort ends a body that is being sent': [
    async (fetch, url) => {
      const abort = new AbortController();
      const body = new ReadableStream({
        async pull(controller) {
          controller.enqueue(new Uint8Array(10));
          await new Promise((resolve) => setTimeout(resolve, 5));
        },
      });
      const init = { method: 'POST', body, duplex: 'half', signal: abort.signal };
      const ended = rejection(fetch(`${url}/echo`, init as RequestInit));
      setTimeout(() => abort.abort(), 30);
      return await ended;
    },
    'AbortError',
  ],
});

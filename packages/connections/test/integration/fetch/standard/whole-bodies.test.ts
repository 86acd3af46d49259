import { type Fetch, rejection, testStandard } from '../support/standard.ts';

/** To the types, `Response` has no `bytes` yet. */
const bytesOf = (response: Response): Promise<Uint8Array<ArrayBuffer>> =>
  (response as unknown as { bytes(): Promise<Uint8Array<ArrayBuffer>> }).bytes();

async function streamed(response: Response): Promise<number[]> {
  const bytes: number[] = [];
  for await (const chunk of response.body ?? []) bytes.push(...chunk);
  return bytes;
}

/** The ways to read a whole body, and what each makes of `1`. */
const ways: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  bytes: async (response) => [...(await bytesOf(response))],
  arrayBuffer: async (response) => [...new Uint8Array(await response.arrayBuffer())],
  blob: async (response) => await (await response.blob()).text(),
  stream: streamed,
};
const read = { text: '1', json: 1, bytes: [49], arrayBuffer: [49], blob: '1', stream: [49] };
const rejected = Object.fromEntries(Object.keys(ways).map((way) => [way, 'rejected']));

/** What each way gives after something was done with the response, which has arrived whole. */
function after(prepare: (response: Response) => unknown) {
  return async (fetch: Fetch, url: string): Promise<unknown> => {
    const results: Record<string, unknown> = {};
    for (const [name, way] of Object.entries(ways)) {
      const response = await fetch(`${url}/typed?type=text/plain&body=1`);
      const prepared = await prepare(response);
      const target = prepared instanceof Response ? prepared : response;
      results[name] = await way(target).catch(() => 'rejected');
    }
    return results;
  };
}

/** What a response shows after one way of reading it. */
function used(path: string) {
  return async (fetch: Fetch, url: string): Promise<unknown> => {
    const shown: unknown[] = [];
    for (const [name, way] of Object.entries(ways)) {
      const response = await fetch(`${url}${path}`);
      const body = response.body as ReadableStream;
      await way(response).catch(() => undefined);
      const again = name === 'stream' ? 'rejected' : await rejection(response.json());
      const isSame = response.body === body;
      shown.push([response.bodyUsed, again, isSame, body.locked || name === 'stream']);
    }
    return shown;
  };
}

const allUsed = Object.keys(ways).map(() => [true, 'rejected', true, true]);

testStandard({
  'a new response can be read in each way': [after(() => undefined), read],
  'one whose reader was released can be read': [
    after((response) => response.body?.getReader().releaseLock()),
    read,
  ],
  'one with a reader cannot': [after((response) => void response.body?.getReader()), rejected],
  'one whose body was cancelled cannot': [
    after((response) => response.body?.cancel()),
    { ...rejected, stream: [] },
  ],
  'one whose reader has read cannot': [
    after(async (response) => {
      const reader = response.body?.getReader();
      await reader?.read();
      reader?.releaseLock();
    }),
    { ...rejected, stream: [] },
  ],
  'a clone can be read': [after((response) => response.clone()), read],
  'the clone of a clone can be read': [after((response) => response.clone().clone()), read],
  'one that was cloned can be read': [after((response) => void response.clone()), read],
  'one whose clone was read can be read': [
    after(async (response) => void (await response.clone().text())),
    read,
  ],
  'a new response with its body can be read': [
    after((response) => new Response(response.body, response)),
    read,
  ],
  'what was read is used, and its stream locked': [used('/typed?body=1'), allUsed],
  'so is an empty body': [used('/typed?body='), allUsed],
  'so is a body of many chunks': [used('/chunks'), allUsed],
  'what a way gives belongs to its caller': [
    async (fetch, url) => {
      const response = await fetch(`${url}/typed?body=abc`);
      const copy = response.clone();
      const bytes = await bytesOf(response);
      bytes.fill(0);
      return [bytes.byteOffset, bytes.buffer.byteLength, await copy.text()];
    },
    [0, 3, 'abc'],
  ],
  'a reader with its own buffer reads an empty body': [
    async (fetch, url) => {
      const { body } = await fetch(`${url}/typed?body=`);
      const reader = body?.getReader({ mode: 'byob' });
      return await reader?.read(new Uint8Array(4)).then(({ done, value }) => [done, value?.length]);
    },
    [true, 0],
  ],
  'a reader with a smaller buffer reads the rest later': [
    async (fetch, url) => {
      const { body } = await fetch(`${url}/typed?body=abcde`);
      const reader = body?.getReader({ mode: 'byob' });
      let text = '';
      for (;;) {
        const { done, value } = (await reader?.read(new Uint8Array(2))) ?? { done: true };
        if (done) return text;
        text += `${Buffer.from(value as Uint8Array).toString()}|`;
      }
    },
    'ab|cd|e|',
  ],
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents } from '../src/event-stream.ts';

async function* cutAt(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('gives the data of each event, joined over its lines, and nothing of comments', async () => {
  const text = ': hello\n\ndata: a\n\nevent: x\r\ndata:b\r\ndata: c\r\n\r\nid: 1\n\ndata: rest';
  expect(await all(readEvents(cutAt(text, 1000)))).toEqual(['a', 'b\nc']);
});

test('it does not matter where the bytes are cut', async () => {
  const data = fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text)));
  await fc.assert(
    fc.asyncProperty(data, fc.integer({ min: 1, max: 9 }), async (events, size) => {
      const text = events.map((event) => `data: ${event}\n\n`).join('');
      expect(await all(readEvents(cutAt(text, size)))).toEqual(events);
    }),
  );
});

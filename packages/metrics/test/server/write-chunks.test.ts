import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { writeChunks } from '../../src/server/write-chunks.ts';

/** Chunks that each take longer than a slice, and the turn of the event loop in which they are made. */
function* chunks(turns: number[]): Generator<string> {
  for (let count = 0; count < 8; count++) {
    turns.push(performance.nodeTiming.uvMetricsInfo.loopCount);
    const end = performance.now() + 1;
    while (performance.now() < end);
    yield `chunk ${count}\n`;
  }
}

test('one response is written in each turn of the event loop, however many there are', async () => {
  const turns: number[][] = [];
  const started: ServerResponse[] = [];
  const server = createServer((_, response) => {
    started.push(response);
    if (started.length < 4) return;
    for (const one of started) {
      const own: number[] = [];
      turns.push(own);
      void writeChunks(one, chunks(own), false);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bodies = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(url)).text()));
  server.close();
  const whole = [0, 1, 2, 3, 4, 5, 6, 7].map((count) => `chunk ${count}\n`).join('');
  expect(bodies).toEqual([whole, whole, whole, whole]);
  // The first slice of each is that of its request.
  const later = turns.flatMap((own) => own.slice(1));
  expect(later).toHaveLength(28);
  expect(new Set(later).size).toBe(28);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { longestStory } from '../src/story.ts';

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'map-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'demo.log');
  await writeFile(file, text);
  return file;
}

const line = (second: number, trace: string | undefined, message: string, task = 'chunk-1') =>
  `${JSON.stringify({
    timestamp: `2026-01-01T00:00:0${second}.000000Z`,
    level: second === 3 ? 'WARNING' : 'INFO',
    message,
    trace_id: trace,
    task_id: task,
    agent_id: 'worker-1',
  })}\n`;

test('tells the task with the most lines of this run, oldest first, though its trace has others', async () => {
  const before = line(1, 'old', 'x').repeat(5);
  const run =
    line(1, 'a', 'Queued') +
    line(1, 'b', 'Queued', 'chunk-2').repeat(2) +
    line(2, 'b', 'Queued') +
    line(3, 'b', 'Slow') +
    line(4, 'b', 'Done');
  const file = await fileWith(`${before}${run}{"torn`);
  expect(await longestStory(file, Buffer.byteLength(before))).toEqual({
    traceId: 'b',
    lines: [
      { atMs: 0, level: 'INFO', agent: 'worker-1', message: 'Queued' },
      { atMs: 1000, level: 'WARNING', agent: 'worker-1', message: 'Slow' },
      { atMs: 2000, level: 'INFO', agent: 'worker-1', message: 'Done' },
    ],
  });
});

test('without a line of a task there is no story', async () => {
  const file = await fileWith('{"message":"Started"}\nno json\n');
  expect(await longestStory(file, 0)).toBeUndefined();
});

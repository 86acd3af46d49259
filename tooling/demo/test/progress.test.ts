import { expect, test } from 'vitest';
import { showProgress } from '../src/progress.ts';

const CLEAR = '\r\u001B[2K';

function screenOf(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, screen: { isTTY, columns, write: (text: string) => written.push(text) } };
}

test('elsewhere than on a terminal: one line for each tenth, no control characters', () => {
  const { written, screen } = screenOf(false);
  const progress = showProgress(screen, () => 0);
  for (let done = 0; done <= 200; done += 1) {
    progress.update({ done, total: 200, retries: 2, fallbacks: 1 });
  }
  progress.finish();
  expect(written).toHaveLength(10);
  expect(written.at(-1)).toBe('100%  200/200 tasks, 2 retries, 1 fallbacks, 0.0 s\n');
  expect(written.join('')).not.toContain('\u001B');
});

test('on a terminal: a bar that fits the width, redrawn at most 20 times a second', () => {
  const { written, screen } = screenOf(true, 70);
  let now = 0;
  const progress = showProgress(screen, () => now);
  for (let done = 0; done <= 100; done += 1) {
    now += 10;
    progress.update({ done, total: 100, retries: 0, fallbacks: 0 });
  }
  progress.finish();
  expect(written.length).toBeLessThan(25);
  for (const text of written.slice(0, -1)) {
    expect(text.startsWith(CLEAR)).toBe(true);
    expect(text.slice(CLEAR.length)).toMatch(/^[█░]+ +\d+% /u);
    expect(text.slice(CLEAR.length)).toHaveLength(70);
  }
  expect(written.at(-2)).toContain('100/100');
  expect(written.at(-1)).toBe('\n');
});

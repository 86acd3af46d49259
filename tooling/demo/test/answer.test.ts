import { expect, test } from 'vitest';
import { answer, keywordsOf, summarise } from '../src/answer.ts';

const TEXT = `Redis keeps the queue of tasks. The weather was fine on that day in May.
A worker takes tasks from the queue in Redis, and a queue may be long.

\`\`\`ts
const secret = 'Nothing of this is prose';
\`\`\``;

test('keywords are the frequent words, without the common ones', () => {
  expect(keywordsOf(TEXT, 3)).toEqual(['queue', 'redis', 'tasks']);
});

test('a summary keeps the sentences about the frequent words, and no code', () => {
  expect(summarise(TEXT, 1)).toBe(
    'A worker takes tasks from the queue in Redis, and a queue may be long.',
  );
  expect(summarise(TEXT, 9)).not.toContain('secret');
});

test('an answer has a line of keywords, even for nothing but code', () => {
  expect(answer('Summarise this:\n\n```\nretry\n```')).toBe('Nothing but code.\nKeywords: retry');
});

const WORD = /[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*/g;
const COMMON = new Set(
  `a about above after all also an and any are as at be because been before being between both but by
  can could did do does each else every few first for from further get gets had has have here how if in
  into is it its itself just like made make many may more most must my no nor not now of off on once one
  only onto or other our out over own per same see shall should since so some such than that the their
  them then there these they this those through to too two under until up upon use used user uses using
  very was we were what when where whether which while who whole whose why will with within without
  would yet you your`.split(/\s+/),
);

/** Finds the main words of a string, the most frequent first. */
export function keywordsOf(text: string, count: number): string[] {
  return [...frequencies(text)]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, count)
    .map(([word]) => word);
}

/** Picks the sentences with most of the frequent words, in their order. */
export function summarise(text: string, sentences: number): string {
  const weight = frequencies(text);
  const scored = prose(text).map((sentence, index) => {
    const words = sentence.toLowerCase().match(WORD) ?? [];
    const total = words.reduce((sum, word) => sum + (weight.get(word) ?? 0), 0);
    return { sentence, index, score: total / Math.sqrt(words.length + 4) };
  });
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, sentences)
    .sort((a, b) => a.index - b.index)
    .map(({ sentence }) => sentence)
    .join(' ');
}

/** Answers as the platform's prompts ask: two sentences, then a line of keywords. */
export function answer(prompt: string): string {
  const text = prompt.slice(prompt.indexOf('\n\n') + 2);
  const summary = summarise(text, 2);
  const keywords = keywordsOf(summary === '' ? text : prose(text).join(' '), 5);
  return `${summary || 'Nothing but code.'}\nKeywords: ${keywords.join(', ')}`;
}

function frequencies(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    if (word.length > 2 && !COMMON.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function prose(text: string): string[] {
  return text
    .replaceAll(/^ {0,3}(`{3,}|~{3,})[\s\S]*?^ {0,3}\1.*$/gm, '')
    .replaceAll(/^[ \t]*[|#>].*$/gm, '')
    .replaceAll(/^[ \t]*(?:[-*+]|\d+\.)[ \t]+/gm, '')
    .replaceAll(/\s+/g, ' ')
    .split(/(?<=[.!?:;])\s+(?=[A-Z`*[])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 20);
}

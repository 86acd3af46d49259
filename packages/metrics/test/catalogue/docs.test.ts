import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { BUCKETS, CATALOGUE, type MetricDefinition } from '../../src/index.ts';

const page = new URL('../../../../docs/metrics.md', import.meta.url);

function bucketsOf({ buckets }: MetricDefinition): string {
  return typeof buckets === 'string' ? ` (${buckets})` : '';
}

/** The catalogue as the page has to show it. */
function tables(): string {
  const parts = Object.entries(CATALOGUE).map(([category, metrics]) => {
    const rows = Object.entries(metrics as Record<string, MetricDefinition>).map(
      ([key, metric]) =>
        `| \`${key}\` | \`${metric.name}\` | ${metric.type}${bucketsOf(metric)} | ${metric.labels.join(', ')} | ${metric.help} |`,
    );
    return `### ${category}\n\n| Key | Metric | Type | Labels | Meaning |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  const bounds = Object.entries(BUCKETS).map(
    ([name, values]) => `| ${name} | ${values.join(' ')} |`,
  );
  return `\n${parts.join('\n')}\n### Buckets\n\n| Name | Upper bounds |\n| --- | --- |\n${bounds.join('\n')}\n\n`;
}

test('the page shows the catalogue as it is', async () => {
  const text = await readFile(page, 'utf8');
  const [, shown] = /<!-- catalogue -->\n([\s\S]*)<!-- \/catalogue -->/.exec(text) ?? [];
  expect(shown).toBe(tables());
});

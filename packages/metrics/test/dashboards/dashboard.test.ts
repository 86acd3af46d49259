import { expect, test } from 'vitest';
import { grafanaDashboard, type Panel } from '../../src/dashboards/dashboards.ts';
import { CATALOGUE, type MetricDefinition } from '../../src/index.ts';

const dashboard = grafanaDashboard({ prefix: 'shop_' });
const open = dashboard.panels.filter(({ collapsed }) => collapsed !== true);
const rows = dashboard.panels.filter(({ collapsed }) => collapsed === true);
const inner = rows.flatMap(({ panels = [] }) => panels);
const all = [...dashboard.panels, ...inner];
const expressions = all.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

test('the first screen is five questions; all else is collapsed', () => {
  const questions = open.filter(({ type }) => type === 'row').map(({ title }) => title);
  expect(questions).toHaveLength(5);
  for (const question of questions) expect(question).toMatch(/\?$/);
  expect(Math.max(...open.map(({ gridPos: { y, h } }) => y + h))).toBeLessThan(36);
  expect(rows).toHaveLength(Object.keys(CATALOGUE).length);
});

test('panels have their own ids and do not overlap', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const panels of [open, ...rows.map((row) => row.panels ?? [])]) {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}:${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  }
});

test('every metric of the catalogue is in a collapsed row, under its prefix and filters', () => {
  for (const metric of Object.values(CATALOGUE).flatMap<MetricDefinition>(Object.values)) {
    const found = inner.filter(({ targets = [] }) =>
      targets.some(({ expr }) => new RegExp(`\\bshop_${metric.name}(_bucket)?\\{`).test(expr)),
    );
    expect([metric.name, found.length > 0]).toEqual([metric.name, true]);
  }
  for (const expr of expressions) expect(expr).toContain('{job=~"$job",instance=~"$instance"');
});

test('prompt and completion, and instances, are never mixed', () => {
  const tokens = inner.filter(({ title }) => title.startsWith('llm_request_tokens'));
  expect(tokens.map(({ title, type }) => [title, type])).toEqual([
    ['llm_request_tokens', 'timeseries'],
    ['llm_request_tokens, prompt', 'heatmap'],
    ['llm_request_tokens, completion', 'heatmap'],
  ]);
  expect(tokens[0]?.targets?.[0]?.expr).toContain('by (le, provider, model, type)');
  const busy = expressions.filter((expr) => expr.includes('eventloop_utilization'));
  expect(busy.filter((expr) => expr.includes('sum'))).toEqual([]);
});

test('dashboards of another title or prefix have another uid', () => {
  const uids = ['', 'map_', 'map'].flatMap((prefix) =>
    ['Shop', 'Shop!', 'A'.repeat(60)].map((title) => grafanaDashboard({ prefix, title }).uid),
  );
  expect(new Set(uids).size).toBe(uids.length);
  for (const uid of uids) expect(uid).toMatch(/^[\w-]{1,40}$/);
});

test('every panel leads to the logs of its time, an error panel to those of its code', () => {
  const links = (panel: Panel | undefined) =>
    JSON.stringify(panel?.fieldConfig?.defaults['links'] ?? null);
  for (const panel of all.filter(({ type }) => type !== 'row')) {
    expect(links(panel)).toContain('${logs:percentencode}');
  }
  const errors = all.find(({ title }) => title === 'Error ratio by code');
  expect(links(errors)).toContain('${__field.labels.error_type:percentencode}');
  const [, panes = ''] = /panes=([^"]+)/.exec(links(errors)) ?? [];
  // With values in place of the variables it is what Grafana parses.
  const filled = decodeURIComponent(panes.replaceAll(/\$\{[^}]+\}/g, 'x'));
  expect(JSON.parse(filled)).toMatchObject({
    logs: { datasource: 'x', queries: [{ expr: '{x} | json | error_code=`x`' }] },
  });
});

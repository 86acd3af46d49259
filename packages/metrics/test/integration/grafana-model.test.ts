import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { grafanaDashboard } from '../../src/dashboards/dashboards.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const cache = fileURLToPath(new URL('../../.cache/grafana/', import.meta.url));

/** Compares JSON with the types that Grafana publishes; the compiler also reports unknown properties. */
async function complaintsAbout(name: string, json: string): Promise<string> {
  const folder = join(cache, name);
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const model = '../../../test/grafana/model.ts';
  writeFileSync(
    join(folder, 'dashboard.ts'),
    `import type { GrafanaModel } from '${model}';\nexport const dashboard: GrafanaModel = ${json};\n`,
  );
  const config = {
    extends: join(root, 'tooling/tsconfig/check.json'),
    files: ['dashboard.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/.bin/tsc');
  return new Promise((resolve) => {
    execFile(tsc, ['-p', folder, '--pretty', 'false'], (_error, stdout) => resolve(stdout));
  });
}

const json = JSON.stringify(grafanaDashboard({ prefix: 'map_' }), null, 1);

test('the dashboard is one by the types that Grafana publishes', async () => {
  expect(await complaintsAbout('whole', json)).toBe('');
});

test.each([
  ['a value that Grafana does not know', '"colorMode": "background"', '"colorMode": "backdrop"'],
  ['an option of another panel', '"showUnfilled"', '"showHeader"'],
  ['a field option that does not exist', '"lineWidth"', '"lineWith"'],
  ['a query option that does not exist', '"legendFormat"', '"legend"'],
  ['a variable without its query', '"query": ', '"quary": '],
])('%s is found', async (name, right, wrong) => {
  expect(json).toContain(right);
  const found = await complaintsAbout(name.replaceAll(' ', '-'), json.replaceAll(right, wrong));
  expect(found).toContain('error TS');
});

import { expect, test } from 'vitest';

test.each([
  'errors',
  'settings',
  'logger',
  'metrics',
  'connections',
  'metrics/llm',
  'metrics/http',
  'metrics/workers',
  'metrics/testing',
  'metrics/dashboards',
  'connections/sync',
  'settings/generate',
  'logger/winston',
])('@map/config/%s gives the package whole', async (name) => {
  const [through, whole] = await Promise.all([
    import(/* @vite-ignore */ `@map/config/${name}`),
    import(/* @vite-ignore */ `@map/${name}`),
  ]);
  expect(Object.keys(whole).length).toBeGreaterThan(0);
  expect(Object.keys(through)).toEqual(Object.keys(whole));
  for (const key of Object.keys(whole)) expect(through[key]).toBe(whole[key]);
});

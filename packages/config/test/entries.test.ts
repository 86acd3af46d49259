import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each([
  'redaction',
  'errors',
  'lifecycle',
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
  'metrics/otel',
  'metrics/prices',
  'metrics/ai-sdk',
  'metrics/langchain',
  'metrics/openai-agents',
  'logger/winston',
  'logger/otel',
])('@map/config/%s gives the package whole', async (name) => {
  // One after the other: imports at the same time can evaluate a module twice in the test runner.
  const whole = await import(/* @vite-ignore */ `@map/${name}`);
  const through = await import(/* @vite-ignore */ `@map/config/${name}`);
  expect(Object.keys(whole).length).toBeGreaterThan(0);
  expect(Object.keys(through)).toEqual(Object.keys(whole));
  for (const key of Object.keys(whole)) expect(through[key]).toBe(whole[key]);
});

function manifest(name: string): {
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: object;
} {
  return JSON.parse(readFileSync(new URL(`../../${name}/package.json`, import.meta.url), 'utf8'));
}

// A package manager without a flat folder lets a package find only the peers of its parent.
test.each(['connections', 'errors', 'lifecycle', 'logger', 'metrics', 'redaction', 'settings'])(
  'the optional peers of @map/%s are those of the umbrella too',
  (name) => {
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest(name);
    const own = manifest('config');
    expect(own.peerDependencies).toMatchObject(peerDependencies);
    expect(own.peerDependenciesMeta).toMatchObject(peerDependenciesMeta);
  },
);

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readManifest, repository } from '../src/packages.ts';

const workflows = globSync('.github/workflows/*.yml', { cwd: repository });

test('package.json names one exact version of pnpm', () => {
  expect(readManifest(repository).packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+(\+sha\d+\..+)?$/);
});

describe.each(workflows)('%s', (file) => {
  const text = readFileSync(join(repository, file), 'utf8');

  test('runs the pnpm that package.json names', () => {
    const programs = [...text.matchAll(/\bnpx (?:-\S+ )*(\S+)/g)].map(([, program]) => program);
    expect(new Set(programs)).toEqual(new Set(['"$PNPM"']));
    expect(text).toContain(`PNPM=$(node -p 'require("./package.json").packageManager')`);
  });

  test('names each action by its commit', () => {
    const actions = [...text.matchAll(/\buses: (\S+)/g)].map(([, action]) => action);
    expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([]);
  });
});

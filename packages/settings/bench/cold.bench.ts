import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, defineBench } from '@map-tooling/bench';
import { ENVIRONMENT } from './cold/variables.mjs';

interface Report {
  readonly milliseconds: number;
  readonly loaded: readonly unknown[];
}

const SCRIPTS = {
  '@map/settings': 'map-settings',
  'zod + @t3-oss/env-core': 'zod-t3-env',
  'env-schema + typebox': 'env-schema',
  envalid: 'envalid',
  convict: 'convict',
  '@map/settings, stock variables': 'map-settings-stock',
  '@map/settings, TypeBox schemas': 'map-settings-typebox',
};

const script = (name: string): URL => new URL(`./cold/${name}.mjs`, import.meta.url);
const env = ENVIRONMENT as Record<string, string>;

function load(name: string): Report {
  const output = execFileSync(process.execPath, [fileURLToPath(script(name))], { env });
  return JSON.parse(output.toString()) as Report;
}

function sameWork(outputs: Record<string, unknown>): void {
  const [reference = [], ...others] = Object.values(outputs) as unknown[][];
  const names = Object.keys(outputs).slice(1);
  for (const [i, loaded] of others.entries()) {
    const name = names[i] ?? '';
    // The stock variables are more than these, and not all of these.
    const isStock = name.includes('stock');
    loaded.forEach((value, at) => {
      if (isStock && value === null) return;
      if (value !== reference[at]) throw new Error(`${name} differs at ${at}`);
    });
  }
}

export default [
  defineBench({
    kind: 'value',
    unit: 'ms',
    better: 'lower',
    name: 'cold',
    title: 'Import and load forty variables in a fresh process',
    goals: [
      { against: 'zod + @t3-oss/env-core', atMost: 1 },
      { against: 'env-schema + typebox', atMost: 0.5 },
    ],
    rounds: 15,
    contenders: Object.fromEntries(
      Object.entries(SCRIPTS).map(([name, file]) => [
        name,
        { run: () => load(file).milliseconds, output: () => load(file).loaded },
      ]),
    ),
    verify: sameWork,
  }),
] as Bench[];

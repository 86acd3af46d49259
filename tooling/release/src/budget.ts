import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { size } from './size.ts';
import type { Check } from './tally.ts';

/** The size limits of a package. */
export interface Budget {
  tarballBytes: number;
  /** Packages in `node_modules` after installing it alone. */
  installPackages: number;
  installBytes: number;
}

const file: string = fileURLToPath(new URL('../budgets.json', import.meta.url));

export function readBudgets(): Record<string, Budget> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Budget>;
}

/** Sets each budget to what was measured and a tenth more; counts are taken as they are. */
export function writeBudgets(measured: Record<string, Budget>): void {
  const step = (bytes: number): number => Math.ceil((bytes * 1.1) / 1024) * 1024;
  const sorted = Object.entries(measured).sort(([a], [b]) => a.localeCompare(b));
  const budgets = Object.fromEntries(
    sorted.map(([name, { tarballBytes, installPackages, installBytes }]) => [
      name,
      {
        tarballBytes: step(tarballBytes),
        installPackages,
        installBytes: step(installBytes),
      },
    ]),
  );
  writeFileSync(file, `${JSON.stringify(budgets, null, 2)}\n`);
}

/**
 * Compares what was measured with the committed budget.
 *
 * @param name - of the package
 * @param measured - figures to be checked; those not given are not
 * @param budgets - the committed ones
 * @returns the check
 */
export function checkBudget(
  name: string,
  measured: Partial<Budget>,
  budgets: Record<string, Budget>,
): Check {
  const budget = budgets[name];
  if (!budget)
    return { name: `${name} size`, ok: false, detail: 'it has no budget in budgets.json' };
  const problems = (Object.keys(measured) as (keyof Budget)[]).flatMap((key) => {
    const [value, bound] = [measured[key] ?? 0, budget[key]];
    if (value <= bound) return [];
    const show = key === 'installPackages' ? String : size;
    return [`${key}: ${show(value)}, budget ${show(bound)}`];
  });
  return { name: `${name} size`, ok: problems.length === 0, detail: problems.join('\n') };
}

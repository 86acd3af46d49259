import { writeFile } from 'node:fs/promises';
import type { CommandLine } from './arguments.ts';
import { loadDefinition } from './load-definition.ts';
import type { Output } from './output.ts';

/** Writes the Grafana dashboard or the alert rules, with the prefix that the settings give. */
export async function runMonitoring(line: CommandLine, output: Output): Promise<number> {
  const { alertRules, grafanaDashboard } = await import('@map/metrics/dashboards');
  // Explained, not loaded: on the machine that builds, required settings may be missing.
  const { settings } = (await loadDefinition(line.settings)).explainSettings();
  const prefix = settings.find(({ name }) => name === 'METRICS_PREFIX')?.value ?? '';
  const content =
    line.command === 'alerts'
      ? alertRules({ prefix, dailyBudgetUsd: line.budgetUsd })
      : grafanaDashboard({ prefix });
  const text = JSON.stringify(content, null, 2);
  const [file] = line.operands;
  if (file === undefined) output.print(text);
  else await writeFile(file, `${text}\n`);
  return 0;
}

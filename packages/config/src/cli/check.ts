import { readFile, stat } from 'node:fs/promises';
import type { ExplainedSetting } from '@map/settings';
import { sourceWords } from '../support/source-words.ts';
import type { CommandLine } from './arguments.ts';
import { loadDefinition } from './load-definition.ts';
import { type Cell, type Output, paint, printable, table } from './output.ts';

/** Validates the settings: a table with sources, then every problem. Exit code 1 if there is one. */
export async function runCheck(line: CommandLine, output: Output): Promise<number> {
  const definition = await loadDefinition(line.settings);
  const { environment, files, settings, problems: others, warnings } = definition.explainSettings();
  const python = line.pythonEnv ? (await Promise.all(files.map(pythonProblems))).flat() : [];
  const problems = [...settings.flatMap((setting) => setting.problems), ...others, ...python];
  const ok = problems.length === 0;
  if (line.json) {
    const report = { ok, environment, problems, warnings, settings };
    output.print(JSON.stringify(report, null, 2));
    return ok ? 0 : 1;
  }
  const isDefault = ({ from, parts }: ExplainedSetting) =>
    parts.length === 0 && (from === 'default' || from === 'not set');
  const shown = line.changed ? settings.filter((setting) => !isDefault(setting)) : settings;
  const rows = shown.map((setting): Cell[] => {
    const { name, value, problems: wrong } = setting;
    const from = sourceWords(setting);
    return [
      wrong.length > 0 ? { text: name, tone: 'bad' } : name,
      isDefault(setting) ? { text: from, tone: 'dim' } : from,
      value ?? '',
    ];
  });
  output.print(table(['setting', 'source', 'value'], rows, output));
  // All on stdout, the most important last: `map-config check | tail` must show why it failed.
  for (const { message } of warnings) {
    output.print(paint(output, 'warn', `warning: ${printable(message)}`));
  }
  for (const problem of problems) {
    output.print(paint(output, 'bad', `problem: ${printable(problem)}`));
  }
  const verdict = ok
    ? `The settings of environment ${environment} are valid.`
    : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in environment ${environment}.`;
  output.print(`\n${paint(output, ok ? 'good' : 'bad', verdict)}`);
  return ok ? 0 : 1;
}

/** Lists the lines of a file that python-dotenv reads differently. */
async function pythonProblems(file: string): Promise<string[]> {
  const { comparePythonDotenv } = await import('@map/settings/generate');
  const stats = await stat(file).catch(() => undefined);
  // The settings have read it already, and nobody may write to it a second time.
  if (stats?.isFIFO()) return [`${file} is a pipe: --python-env needs a file`];
  const text = stats?.isFile() ? await readFile(file, 'utf8').catch(() => '') : '';
  return comparePythonDotenv(text).map(
    ({ line, name, message }) => `${file} line ${line}: ${name} differs in Python: ${message}`,
  );
}

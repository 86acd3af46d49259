import { closest } from '@map/redaction/kernel';
import type { ExplainedSetting } from '@map/settings';
import type { CommandLine } from './arguments.ts';
import { loadDefinition } from './load-definition.ts';
import { type Output, paint, printable } from './output.ts';

/** Describes one setting: meaning, value, source, and the values that it overrides. */
export async function runExplain(line: CommandLine, output: Output): Promise<number> {
  const name = (line.operands[0] ?? '').toUpperCase();
  const { properties, explainSettings } = await loadDefinition(line.settings);
  const { settings } = explainSettings();
  const found = settings.find((setting) => setting.name === name);
  if (found === undefined) {
    output.complain(paint(output, 'bad', unknown(name, settings)));
    return 1;
  }
  const schema = properties[name] ?? {};
  const facts = { kind: kindOf(schema) };
  if (line.json) {
    output.print(JSON.stringify({ ...found, ...facts }, null, 2));
    return found.problems.length === 0 ? 0 : 1;
  }
  const rows: [string, string | undefined][] = [
    ['value', found.value === '' ? '(empty)' : (found.value ?? '(none)')],
    ...found.rejected.map((value): [string, string] => ['rejected', value]),
    ['source', found.from],
    ...found.shadowed.map(({ value, from, source }): [string, string] =>
      value === '' && source.kind !== 'default'
        ? ['empty', from]
        : ['hides', `${value === '' ? '(empty)' : (value ?? '(not shown)')} from ${from}`],
    ),
    ...found.parts.map(({ path, value, from }): [string, string] => [
      'part',
      `${path} = ${value ?? '(not shown)'} from ${from}`,
    ]),
    ['kind', facts.kind],
    ['default', found.default === '' ? '(empty)' : found.default],
    ['allowed', allowedOf(schema)],
    ['example', exampleOf(schema)],
    ['group', found.group],
  ];
  output.print(`${paint(output, 'strong', name)}  ${found.description ?? ''}`);
  for (const [label, text] of rows) {
    if (text !== undefined) output.print(`  ${label.padEnd(8)} ${printable(text)}`);
  }
  for (const problem of found.problems) {
    output.print(`  ${paint(output, 'bad', `problem  ${printable(problem)}`)}`);
  }
  return found.problems.length === 0 ? 0 : 1;
}

function unknown(name: string, settings: readonly ExplainedSetting[]): string {
  const word = name.split('_')[0] ?? name;
  const names = settings.map((each) => each.name);
  const meant = closest(name, names);
  if (meant !== undefined) return printable(`Unknown setting "${name}". Did you mean ${meant}?`);
  const near = names.filter((each) => each.includes(word));
  const remedy =
    near.length > 0
      ? `Similar settings: ${near.join(', ')}.`
      : 'List all of them with: map-config print.';
  return printable(`Unknown setting "${name}". ${remedy}`);
}

function kindOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  const annotation = schema['x-setting'] as { kind?: string } | undefined;
  return annotation?.kind ?? (typeof schema['type'] === 'string' ? schema['type'] : undefined);
}

function allowedOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  const { anyOf, minimum, maximum } = schema as {
    anyOf?: readonly { const?: unknown }[];
    minimum?: number;
    maximum?: number;
  };
  if (anyOf !== undefined) return anyOf.map((each) => String(each.const)).join(', ');
  if (minimum === undefined && maximum === undefined) return undefined;
  return `${minimum ?? '-∞'} to ${maximum ?? '∞'}`;
}

function exampleOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  const [example] = (schema['examples'] as readonly unknown[] | undefined) ?? [];
  return example === undefined ? undefined : String(example);
}

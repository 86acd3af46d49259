import type { TSchema } from '@sinclair/typebox';
import { planOf } from '../define/definition.ts';
import { stockSettings } from '../define/get-settings.ts';
import type { Plan } from '../load/plan.ts';
import { describeType } from '../schema/describe-type.ts';
import { annotationOf } from '../schema/setting.ts';
import { defaultText, groupsOf, remarksOn } from './remarks.ts';

/**
 * Writes a reference of all variables in Markdown, with one table for each group.
 *
 * @param definition The result of `defineSettings`. Default: the stock settings.
 * @returns The document, without a title.
 * @throws TypeError if `definition` is not the result of `defineSettings`.
 *
 * @example
 * ```ts
 * import { generateMarkdown } from '@map/settings/generate';
 *
 * const reference = generateMarkdown();
 * reference.includes('`METRICS_PORT`'); // true
 * ```
 */
export function generateMarkdown(definition: object = stockSettings): string {
  const plan = planOf(definition);
  const sections = [...groupsOf(plan)].map(([group, names]) => {
    const rows = names.map((name) => row(plan, name, plan.properties[name] as TSchema));
    const head = '| Variable | Takes | Default | Meaning |\n| --- | --- | --- | --- |';
    return `## ${group}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return sections.join('\n');
}

function row(plan: Plan, name: string, schema: TSchema): string {
  const value = defaultText(name, schema);
  const example = (schema['examples'] as unknown[] | undefined)?.[0];
  const meaning = [
    ...(schema['description'] === undefined ? [] : [schema['description'] as string]),
    ...remarksOn(plan, name, schema),
    ...(example === undefined || annotationOf(schema)?.secret === true
      ? []
      : [`Example: ${code(String(example))}.`]),
  ];
  const cells = [
    code(name),
    describeType(schema),
    value === undefined || value === '' ? '' : code(value),
    meaning.join(' '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

import type { TSchema } from '@sinclair/typebox';
import { planOf } from './definition.ts';
import { describeType } from './describe-type.ts';
import { formatDotenv } from './dotenv-text.ts';
import { formatValue } from './format-value.ts';
import { stockSettings } from './get-settings.ts';
import { publicDefault } from './mask.ts';
import type { Plan } from './plan.ts';
import { annotationOf, isOptional } from './setting.ts';

export { formatDotenv } from './dotenv-text.ts';
export { generateJsonSchema } from './json-schema.ts';

/**
 * Writes the reference of all variables as Markdown: a table for each group.
 *
 * @param definition What `defineSettings` returned; the stock settings unless given.
 * @returns The document, without a title of its own.
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
  const sections = [...groups(plan)].map(([group, names]) => {
    const rows = names.map((name) => row(plan, name, plan.properties[name] as TSchema));
    const head = '| Variable | Takes | Default | Meaning |\n| --- | --- | --- | --- |';
    return `## ${group}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return sections.join('\n');
}

/**
 * Writes a `.env.example`: every variable with its meaning, those with a default commented out.
 *
 * @param definition What `defineSettings` returned; the stock settings unless given.
 * @returns The text of the file; it loads as it is once the required values are real.
 *
 * @example
 * ```ts
 * import { generateEnvExample } from '@map/settings/generate';
 *
 * const example = generateEnvExample();
 * example.includes('# METRICS_PORT=9464'); // true
 * ```
 */
export function generateEnvExample(definition: object = stockSettings): string {
  const plan = planOf(definition);
  const sections = [...groups(plan)].map(([group, names]) => {
    const entries = names.map((name) => entry(plan, name, plan.properties[name] as TSchema));
    return `# --- ${group} ---\n\n${entries.join('\n')}`;
  });
  return sections.join('\n');
}

function groups({ properties }: Plan): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(properties)) {
    const group = annotationOf(schema)?.group ?? 'Other';
    found.set(group, [...(found.get(group) ?? []), name]);
  }
  return found;
}

/** The default as a text, or nothing where there is none or it is a secret. */
function defaultText(schema: TSchema): string | undefined {
  const value = publicDefault(schema);
  return value === undefined ? undefined : formatValue(schema, value);
}

/** What holds for a variable besides its own schema. */
function remarks(plan: Plan, name: string, schema: TSchema): string[] {
  const environments = Object.keys(plan.required).filter((key) =>
    plan.required[key]?.includes(name),
  );
  const aliases = plan.aliases[name] ?? [];
  const former = Object.keys(plan.deprecated).filter((old) => plan.deprecated[old]?.use === name);
  return [
    ...(isRequired(schema) ? ['Required.'] : []),
    ...(environments.length === 0 ? [] : [`Required in ${environments.join(', ')}.`]),
    ...(aliases.length === 0 ? [] : [`Also read from ${aliases.join(', ')}.`]),
    ...(former.length === 0 ? [] : [`Formerly ${former.join(', ')}.`]),
  ];
}

function isRequired(schema: TSchema): boolean {
  return schema['default'] === undefined && !isOptional(schema);
}

function row(plan: Plan, name: string, schema: TSchema): string {
  const value = defaultText(schema);
  const example = (schema['examples'] as unknown[] | undefined)?.[0];
  const meaning = [
    ...(schema['description'] === undefined ? [] : [schema['description'] as string]),
    ...remarks(plan, name, schema),
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

function entry(plan: Plan, name: string, schema: TSchema): string {
  const value = defaultText(schema);
  const example = (schema['examples'] as unknown[] | undefined)?.[0] ?? value ?? '';
  const comments = [
    ...(schema['description'] === undefined ? [] : [schema['description'] as string]),
    [
      `Takes: ${describeType(schema)}.`,
      ...(value === undefined || value === '' ? [] : [`Default: ${value}.`]),
      ...remarks(plan, name, schema),
    ].join(' '),
  ];
  const assignment = formatDotenv({ [name]: String(example) }).trimEnd();
  const lines = isRequired(schema)
    ? [assignment]
    : assignment.split('\n').map((line) => `# ${line}`);
  return [
    ...comments.flatMap((text) => text.split('\n')).map((text) => `# ${text}`),
    ...lines,
    '',
  ].join('\n');
}

import type { TSchema } from '@sinclair/typebox';
import { planOf } from '../define/definition.ts';
import { stockSettings } from '../define/get-settings.ts';
import type { Plan } from '../load/plan.ts';
import { describeType } from '../schema/describe-type.ts';
import { formatDotenv } from './format-dotenv.ts';
import { defaultText, groupsOf, isRequired, remarksOn } from './remarks.ts';

/**
 * Writes a `.env.example` with every variable; those that are not required are commented out.
 *
 * @param definition The result of `defineSettings`. Default: the stock settings.
 * @returns The content of the file; it loads once the required values are filled in.
 * @throws TypeError if `definition` is not the result of `defineSettings`.
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
  const sections = [...groupsOf(plan)].map(([group, names]) => {
    const entries = names.map((name) => entry(plan, name, plan.properties[name] as TSchema));
    return `# --- ${group} ---\n\n${entries.join('\n')}`;
  });
  return sections.join('\n');
}

function entry(plan: Plan, name: string, schema: TSchema): string {
  const value = defaultText(name, schema);
  const example = (schema['examples'] as unknown[] | undefined)?.[0] ?? value ?? '';
  const comments = [
    ...(schema['description'] === undefined ? [] : [schema['description'] as string]),
    [
      `Takes: ${describeType(schema)}.`,
      ...(value === undefined || value === '' ? [] : [`Default: ${value}.`]),
      ...remarksOn(plan, name, schema),
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

import type { TSchema } from '@sinclair/typebox';
import { problemLine } from '../problems/problem.ts';
import { describeSource, type SettingSource } from '../problems/source.ts';
import { formatValue } from '../schema/format-value.ts';
import { isSecret } from '../schema/secret.ts';
import { annotationOf } from '../schema/setting.ts';
import { hasSecret, isSecretSetting, maskUrl, maskValue } from '../values/mask.ts';
import { materialize } from '../values/settings-object.ts';
import { type LoadOptions, type SettingsWarning, toWarning } from './load.ts';
import type { Plan } from './plan.ts';
import type { Resolved } from './resolution.ts';
import { resolve } from './resolve.ts';

/** A value that a variable got or could have had, and where it came from; never a secret. */
export interface ExplainedValue {
  /** The value as a text; `undefined` where there is none, or none that may be shown. */
  readonly value: string | undefined;
  readonly source: SettingSource;
  /** The source for people, such as `.env line 3`. */
  readonly from: string;
}

/** How one variable got its value. */
export interface ExplainedSetting extends ExplainedValue {
  readonly name: string;
  readonly description: string | undefined;
  readonly group: string | undefined;
  readonly secret: boolean;
  /** What weaker sources offered, strongest first. */
  readonly shadowed: readonly ExplainedValue[];
  /** Places inside a structure that other variables set. */
  readonly parts: readonly (ExplainedValue & { readonly path: string })[];
  /** What is wrong with the variable. */
  readonly problems: readonly string[];
}

/** Where every setting comes from. */
export interface SettingsExplanation {
  readonly environment: string;
  readonly settings: readonly ExplainedSetting[];
  /** What is wrong apart from single variables, such as a malformed `.env` file. */
  readonly problems: readonly string[];
  readonly warnings: readonly SettingsWarning[];
  /** The explanation as an aligned table for a terminal. */
  toString(): string;
}

/** Explains the settings of a plan; wrong ones too, so it throws nothing because of them. */
export function explain(plan: Plan, options: LoadOptions): SettingsExplanation {
  const { environment, variables, data, problems, warnings } = resolve(plan, options);
  const settings = [...variables].map(([name, resolved]) => {
    const value = shown(resolved.schema, data[name]);
    const lines = problems.filter(({ variable }) => variable === name).map(problemLine);
    return explainSetting(name, resolved, value, lines);
  });
  const others = problems.filter(({ variable }) => !variables.has(variable)).map(problemLine);
  return {
    environment,
    settings,
    problems: others,
    warnings: warnings.map(toWarning),
    toString: () => table(settings, [...others, ...warnings.map(problemLine)]),
  };
}

function explainSetting(
  name: string,
  { schema, source, shadowed, parts }: Resolved,
  value: string | undefined,
  problems: readonly string[],
): ExplainedSetting {
  return {
    name,
    description: schema['description'] as string | undefined,
    group: annotationOf(schema)?.group,
    secret: annotationOf(schema)?.secret === true,
    value,
    source,
    from: describeSource(source, name),
    shadowed: shadowed.map((candidate) => ({
      value: raw(schema, candidate.raw),
      source: candidate.source,
      from: describeSource(candidate.source, name),
    })),
    parts: parts.map(({ path, candidate }) => ({
      path: path.join('.'),
      value: hasSecret(schema) ? undefined : raw(schema, candidate.raw),
      source: candidate.source,
      from: describeSource(candidate.source, ''),
    })),
    problems,
  };
}

/** A coerced value as its masked text. */
function shown(schema: TSchema, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return formatValue(schema, maskValue(materialize(schema, value), isSecretSetting(schema)));
}

/** A value as it was written; one that may hold a secret, in a form nobody can know, is left out. */
function raw(schema: TSchema, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (annotationOf(schema)?.secret === true || isSecret(value))
    return String(maskValue(value, true));
  if (hasSecret(schema)) return undefined;
  return typeof value === 'string' ? maskUrl(value) : formatValue(schema, maskValue(value));
}

function table(settings: readonly ExplainedSetting[], notes: readonly string[]): string {
  const rows = settings.map(({ name, value, from, shadowed, parts, problems }) => {
    const more = [
      ...parts.map((part) => `${part.path} from ${part.from}`),
      ...shadowed.map((other) => `over ${other.from}`),
      ...problems.map((problem) => `wrong: ${problem}`),
    ];
    return [name, (value ?? '-').replaceAll('\n', '\\n'), [from, ...more].join('; ')] as const;
  });
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [first, second] = [width(0), Math.min(width(1), 48)];
  const lines = rows.map(
    ([name, value, from]) => `${name.padEnd(first)}  ${value.padEnd(second)}  ${from}`,
  );
  return [...lines, ...notes].join('\n');
}

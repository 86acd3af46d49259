import { isSecret, MASK } from '@map/redaction';
import type { TSchema } from '@sinclair/typebox';
import { concerns, type Problem, problemLine } from '../problems/problem.ts';
import {
  describeSource,
  isBlankText,
  type SettingSource,
  shorten,
  shownFile,
  shownSource,
} from '../problems/source.ts';
import { formatValue } from '../schema/format-value.ts';
import { hasSecret, isSecretSetting } from '../schema/secret-setting.ts';
import { annotationOf } from '../schema/setting.ts';
import { isOpaque } from '../validate/to-problem.ts';
import { display, displayText, mask, publicDefault } from '../values/display.ts';
import { materialize } from '../values/settings-object.ts';
import { type LoadOptions, type SettingsWarning, toWarning } from './load.ts';
import type { Plan } from './plan.ts';
import type { Resolved } from './resolution.ts';
import { resolve } from './resolve.ts';

/** A value that a source has for a variable, without secrets, and where it came from. */
export interface ExplainedValue {
  /** The value as a string; `undefined` without one, or if it may not be shown. */
  readonly value: string | undefined;
  readonly source: SettingSource;
  /** The source in words, such as `.env line 3`. */
  readonly from: string;
}

/** How one variable got its value. */
export interface ExplainedSetting extends ExplainedValue {
  readonly name: string;
  readonly description: string | undefined;
  readonly group: string | undefined;
  readonly secret: boolean;
  /** The default as a string; `undefined` without one, or if it may not be shown. */
  readonly default: string | undefined;
  /** The values of sources with lower precedence, highest first. */
  readonly shadowed: readonly ExplainedValue[];
  /** Places inside a structure that other variables set. */
  readonly parts: readonly (ExplainedValue & { readonly path: string })[];
  /** The problems of the variable. */
  readonly problems: readonly string[];
  /** In full and masked, values of which the problems have only the beginning. */
  readonly rejected: readonly string[];
}

/** Where every setting comes from. */
export interface SettingsExplanation {
  readonly environment: string;
  /** The `.env` files that were looked for; later ones override earlier ones. */
  readonly files: readonly string[];
  readonly settings: readonly ExplainedSetting[];
  /** Problems of no single variable, such as an unreadable `.env` file. */
  readonly problems: readonly string[];
  readonly warnings: readonly SettingsWarning[];
  /** The explanation as an aligned table for a terminal. */
  toString(): string;
}

/** Explains the settings of a plan; wrong values are explained too, and do not throw. */
export function explain(plan: Plan, options: LoadOptions): SettingsExplanation {
  const { environment, files, variables, data, problems, warnings } = resolve(plan, options);
  const settings = [...variables].map(([name, resolved]) => {
    const value = shown(name, resolved.schema, data[name]);
    const wrong = problems.filter((problem) => concerns(problem, name));
    return explainSetting(name, resolved, value, wrong);
  });
  const schema = variables.get('ENVIRONMENT')?.schema;
  const names = [...variables.keys()];
  const others = problems
    .filter((problem) => !names.some((name) => concerns(problem, name)))
    .map(problemLine);
  return {
    environment: schema && isOpaque(schema, environment) ? MASK : displayText(environment),
    files: files.map(shownFile),
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
  problems: readonly Problem[],
): ExplainedSetting {
  return {
    name,
    description: schema['description'] as string | undefined,
    group: annotationOf(schema)?.group,
    secret: annotationOf(schema)?.secret === true,
    value,
    default: defaultOf(name, schema),
    source: shownSource(source),
    from: describeSource(source, name),
    shadowed: shadowed.map((candidate) => ({
      value: written(name, schema, candidate.raw),
      source: shownSource(candidate.source),
      from: describeSource(candidate.source, name),
    })),
    parts: parts.map(({ path, candidate }) => ({
      path: displayText(path.map(shorten).join('.')),
      value: written(path.at(-1) ?? name, schema, candidate.raw),
      source: shownSource(candidate.source),
      from: describeSource(candidate.source, ''),
    })),
    problems: problems.map(problemLine),
    rejected: problems.flatMap(({ rejected = [] }) => rejected),
  };
}

function defaultOf(name: string, schema: TSchema): string | undefined {
  const value = publicDefault(name, schema);
  return value === undefined ? undefined : formatValue(schema, value);
}

/** A coerced value as a masked string. */
function shown(name: string, schema: TSchema, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return formatValue(schema, display(name, schema, materialize(schema, value)));
}

/** A value as it was written, masked; `undefined` if it may contain a secret in an unknown form. */
function written(name: string, schema: TSchema, value: unknown): string | undefined {
  if (value === undefined || value === '') return value;
  if (isSecret(value)) return value.toString();
  if (isSecretSetting(schema)) return String(mask(value));
  return hasSecret(schema) ? undefined : formatValue(schema, display(name, schema, value));
}

function isEmpty({ value, source }: ExplainedValue): boolean {
  return isBlankText(value) && source.kind !== 'default';
}

function table(settings: readonly ExplainedSetting[], notes: readonly string[]): string {
  const rows = settings.map(({ name, value, from, shadowed, parts, problems }) => {
    const more = [
      ...parts.map((part) => `${part.path} from ${part.from}`),
      ...shadowed.map((other) => `${isEmpty(other) ? 'empty in' : 'over'} ${other.from}`),
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

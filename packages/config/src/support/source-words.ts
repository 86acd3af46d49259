import type { ExplainedSetting } from '@map/settings';

/**
 * Describes where a setting comes from, with the sources of the parts that were set alone: the
 * source of the whole is then often its default.
 *
 * @returns Such as `environment`, or `default, parts from .env line 3`.
 */
export function sourceWords({ from, parts }: Pick<ExplainedSetting, 'from' | 'parts'>): string {
  if (parts.length === 0) return from;
  // Without the variable of each part, which `explain` shows.
  const places = parts.map((part) => part.from.split(', as ', 1)[0]);
  return `${from}, parts from ${[...new Set(places)].join(', ')}`;
}

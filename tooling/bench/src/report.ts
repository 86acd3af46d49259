import type { BenchResult, ContenderResult, GoalResult } from './result.ts';
import { PACKAGE_MS, WHOLE_MS } from './time-budget.ts';

/**
 * Renders one result as a table for people.
 *
 * @param result - the result
 * @returns several lines
 */
export function table(result: BenchResult): string {
  const [first] = result.contenders;
  const rows = result.contenders.map((contender) => {
    const beside = Object.entries(contender.beside ?? {}).map(([name, value]) =>
      name === 'max_rss_bytes' ? figure(value, 'bytes') : figure(value, 'ms CPU'),
    );
    return [
      contender.name,
      figure(contender.median, result.unit),
      `±${percent((contender.p75 - contender.p25) / 2 / contender.median)}`,
      comparison(contender, first?.name),
      ...beside,
    ];
  });
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [
    `${result.name}: ${result.title} (${result.better} is better, ${first?.rounds.length} rounds)`,
    ...lines.map((line) => `  ${line}`),
    ...result.goals.map((goal) => `  ${describeGoal(goal, result)}`),
  ].join('\n');
}

function comparison({ ratio: share, ...contender }: ContenderResult, first?: string): string {
  if (share === undefined) return '';
  return `${first} is ${ratio(share)} of it ${doubt({ ratio: share, ...contender })}`;
}

/**
 * Writes how far a ratio can be trusted.
 *
 * @param compared - the ratio, the middle half of the rounds' ratios, and whether it has settled
 * @returns for example `±3.3 %` or `±12 %, not settled`
 */
export function doubt({
  ratio: share = Number.NaN,
  ratioSpread: [low, high] = [0, 0],
  unsettled,
}: Pick<ContenderResult, 'ratio' | 'ratioSpread' | 'unsettled'>): string {
  return `±${percent((high - low) / 2 / share)}${unsettled ? ', not settled' : ''}`;
}

/** How long one bench took. */
export interface Spent {
  package: string;
  name: string;
  seconds: number;
}

/**
 * Writes how long the benches took, and which took longer than they should.
 *
 * @param spent - each bench
 * @returns one line: each package and the whole
 */
export function total(spent: readonly Spent[]): string {
  const sum = (list: readonly Spent[]): number =>
    list.reduce((seconds, bench) => seconds + bench.seconds, 0);
  const packages = [...Map.groupBy(spent, (bench) => bench.package)].map(
    ([name, benches]) => `${name} ${timing(sum(benches), PACKAGE_MS / 1000)}`,
  );
  return [...packages, `whole ${timing(sum(spent), WHOLE_MS / 1000)}`].join(', ');
}

/**
 * Writes a time.
 *
 * @param seconds - the time
 * @param limit - what it should not exceed, in seconds
 * @returns for example `12.3 s`
 */
export function timing(seconds: number, limit = Number.POSITIVE_INFINITY): string {
  const more = seconds - limit;
  return `${seconds.toFixed(1)} s${more > 0 ? ` (${more.toFixed(1)} s too long)` : ''}`;
}

function describeGoal(goal: GoalResult, result: BenchResult): string {
  const of = goal.of ?? result.contenders[0]?.name ?? '';
  const bound = (value: number): string =>
    goal.against === undefined ? figure(value, result.unit) : `${ratio(value)} of ${goal.against}`;
  const bounds = [
    ...(goal.atMost === undefined ? [] : [`at most ${bound(goal.atMost)}`]),
    ...(goal.atLeast === undefined ? [] : [`at least ${bound(goal.atLeast)}`]),
  ];
  const seen = goal.against === undefined ? figure(goal.value, result.unit) : ratio(goal.value);
  return `goal ${goal.met ? 'met' : 'MISSED'}: ${of} ${bounds.join(', ')}; measured ${seen}`;
}

/**
 * Writes a figure with three digits and a unit that fits.
 *
 * @param value - in `unit`
 * @param unit - `ns` and `bytes` are scaled, others kept
 * @returns for example `1.25 µs`
 */
export function figure(value: number, unit: string): string {
  if (unit === 'ns') return scaled(value, ['ns', 'µs', 'ms', 's'], 1000);
  if (unit === 'bytes') return scaled(value, ['B', 'KiB', 'MiB', 'GiB'], 1024);
  return `${digits(value)} ${unit}`;
}

function scaled(value: number, units: string[], step: number): string {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= step && index < units.length - 1) {
    rest /= step;
    index += 1;
  }
  return `${digits(rest)} ${units[index]}`;
}

function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const whole = Math.abs(value) >= 100;
  return value.toLocaleString('en', {
    maximumFractionDigits: whole ? 0 : Math.abs(value) >= 10 ? 1 : 2,
  });
}

/**
 * Writes a ratio with the digits that matter.
 *
 * @param value - the ratio
 * @returns for example `0.94×`
 */
export function ratio(value: number): string {
  if (value < 0.1) return `${value.toPrecision(2)}×`;
  return `${value.toFixed(value < 10 ? 2 : 1)}×`;
}

/**
 * Writes a share.
 *
 * @param share - 0.05 is 5 %
 * @returns for example `5.0 %`
 */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

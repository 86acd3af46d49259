import {
  escapeHtml,
  formatCount,
  formatDollars,
  formatReading,
  formatTime,
  formatValue,
} from './format.ts';
import type { PageSetting } from './options.ts';
import { type Cell, tableHtml } from './table.ts';
import type { HealthView, Stat, StatusView } from './view.ts';

const WORDS: Readonly<Record<string, string>> = {
  pass: '✓ pass',
  warn: '! warn',
  fail: '✗ fail',
};

/** Renders a status in words and color. */
export function statusHtml(status: string): string {
  const word = WORDS[status];
  return word === undefined
    ? `<strong>${escapeHtml(status)}</strong>`
    : `<strong class="${status}">${word}</strong>`;
}

/** Renders the checks with their durations. */
export function checksHtml({ checks }: HealthView): string {
  return tableHtml(checks, [
    { name: 'Check', cell: ({ name }) => name },
    { name: 'Status', cell: ({ status }) => ({ html: statusHtml(status) }) },
    {
      name: 'Time',
      isNumber: true,
      cell: ({ durationMs }) =>
        formatValue(durationMs === undefined ? undefined : durationMs / 1000, 'seconds'),
    },
    { name: 'Error', cell: ({ errorType }) => errorType ?? '' },
  ]);
}

/** Renders the kinds of work. */
export function workHtml({ activities }: StatusView): string {
  return tableHtml(activities, [
    { name: 'Work', cell: ({ title }) => title },
    { name: 'Per second', isNumber: true, cell: ({ perSecond }) => formatReading(perSecond) },
    { name: 'In flight', isNumber: true, cell: ({ inFlight }) => formatCount(inFlight) },
    { name: 'p50', isNumber: true, cell: ({ p50 }) => formatValue(p50, 'seconds') },
    { name: 'p95', isNumber: true, cell: ({ p95 }) => formatValue(p95, 'seconds') },
    { name: 'Total', isNumber: true, cell: ({ key, total }) => figure(`${key}-total`, total) },
    { name: 'Failed', isNumber: true, cell: ({ key, failed }) => figure(`${key}-failed`, failed) },
  ]);
}

/** Renders tokens and cost by model. */
export function modelsHtml({ models }: StatusView): string {
  return tableHtml(models, [
    { name: 'Model', cell: ({ model }) => model },
    {
      name: 'Prompt tokens per minute',
      isNumber: true,
      cell: ({ promptPerMinute }) => formatReading(promptPerMinute),
    },
    {
      name: 'Completion tokens per minute',
      isNumber: true,
      cell: ({ completionPerMinute }) => formatReading(completionPerMinute),
    },
    {
      name: 'Cost per minute',
      isNumber: true,
      cell: ({ costPerMinute }) => formatDollars(costPerMinute),
    },
    {
      name: 'Tokens',
      isNumber: true,
      cell: ({ prompt, completion }) => figure('', prompt + completion),
    },
    { name: 'Cost', isNumber: true, cell: ({ cost }) => formatDollars(cost) },
  ]);
}

/** Renders the error codes. */
export function errorsHtml({ errors }: StatusView): string {
  return tableHtml(errors, [
    { name: 'Code', cell: ({ code, url, where }) => codeCell(code, url, where) },
    { name: 'Where', cell: ({ where }) => where },
    { name: 'Per minute', isNumber: true, cell: ({ perMinute }) => formatReading(perMinute) },
    { name: 'Total', isNumber: true, cell: ({ total }) => figure('', total) },
  ]);
}

/** Renders the newest errors with their traces. */
export function lastErrorsHtml({ lastErrors }: StatusView): string {
  return tableHtml(lastErrors, [
    { name: 'Code', cell: ({ code }) => code },
    { name: 'Time', cell: ({ at }) => ({ html: formatTime(at) }) },
    { name: 'Where', cell: ({ where }) => where },
    { name: 'Details', cell: ({ details }) => details },
    {
      name: 'Trace',
      cell: ({ traceId }) => ({ html: `<code>${escapeHtml(traceId)}</code>` }),
    },
  ]);
}

/** Renders retries, fallbacks, circuit breakers and limits. */
export function eventsHtml({ events }: StatusView): string {
  return tableHtml(events, [
    { name: 'Event', cell: ({ title }) => title },
    { name: 'Details', cell: ({ details }) => details },
    { name: 'Per minute', isNumber: true, cell: ({ perMinute }) => formatReading(perMinute) },
    {
      name: 'Total or state',
      isNumber: true,
      cell: ({ state }) => (typeof state === 'number' ? figure('', state) : state),
    },
  ]);
}

/** Renders the connections. */
export function connectionsHtml({ connections }: StatusView): string {
  return tableHtml(connections, [
    { name: 'Connection', cell: ({ pool }) => pool },
    { name: 'Kind', cell: ({ kind }) => kind },
    {
      name: 'Open',
      cell: ({ states }) =>
        states.map(({ state, value }) => `${formatCount(value)} ${state}`).join(', '),
    },
    { name: 'Limit', isNumber: true, cell: ({ max }) => formatCount(max) },
    { name: 'Waiting', isNumber: true, cell: ({ pending }) => formatCount(pending) },
    { name: 'Opened', isNumber: true, cell: ({ created }) => formatCount(created) },
    { name: 'Operations', isNumber: true, cell: ({ operations }) => formatCount(operations) },
    { name: 'Errors', isNumber: true, cell: ({ errors }) => formatCount(errors) },
  ]);
}

/** Renders event loop and memory. */
export function processHtml({ process }: StatusView): string {
  const stats = process.map((stat) => `<div><dt>${stat.title}</dt><dd>${show(stat)}</dd></div>`);
  return `<dl class="grid">${stats.join('')}</dl>`;
}

/** Renders the list of all metrics. */
export function metricsHtml({ metrics }: StatusView): string {
  return tableHtml(
    metrics,
    [
      { name: 'Metric', cell: ({ name }) => ({ html: `<code>${escapeHtml(name)}</code>` }) },
      { name: 'Type', cell: ({ type }) => type },
      { name: 'Series', isNumber: true, cell: ({ series }) => formatCount(series) },
      { name: 'Meaning', cell: ({ help }) => help },
    ],
    500,
  );
}

/** A total with its exact value, for scripts and for large numbers. */
function figure(id: string, value: number): Cell {
  const name = id === '' ? '' : ` id="${id}"`;
  return { html: `<data${name} value="${value}">${formatCount(value)}</data>` };
}

function codeCell(code: string, url: string | undefined, where: string): Cell {
  if (url === undefined) return code;
  // A code with a page has only letters, digits and underscores.
  return {
    html: `<a id="${where}-${code}" href="${escapeHtml(url)}" rel="noreferrer">${code}</a>`,
  };
}

function show({ value, unit }: Stat): string {
  return unit === 'count' ? formatCount(value) : formatValue(value, unit);
}

/** Renders the settings with their sources. */
export function settingsHtml(settings: readonly PageSetting[]): string {
  const columns = [
    { name: 'Name', cell: ({ name }: PageSetting) => name },
    { name: 'Value', cell: ({ value }: PageSetting) => value ?? '–' },
    { name: 'Source', cell: ({ from }: PageSetting) => from },
  ];
  return tableHtml(settings, columns, settings.length);
}

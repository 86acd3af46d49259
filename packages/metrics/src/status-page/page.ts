import { createHash } from 'node:crypto';
import { chartHtml } from './chart.ts';
import { CLIENT } from './client.ts';
import { escapeHtml, formatTime } from './format.ts';
import {
  checksHtml,
  connectionsHtml,
  errorsHtml,
  eventsHtml,
  lastErrorsHtml,
  metricsHtml,
  modelsHtml,
  processHtml,
  settingsHtml,
  statusHtml,
  workHtml,
} from './sections.ts';
import { STYLE } from './style.ts';
import type { StatusView } from './view.ts';

/** The headers of the page: only its own style and script and those of this server apply. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'self' '${hashOf(STYLE)}'`,
    `script-src 'self' '${hashOf(CLIENT)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
};

/** The script shows it where it draws plots. */
const ZOOM =
  '<p id="zoom" class="soft" hidden><span>Point at a plot, or press its arrow keys, to read all lines at that time. Drag over a range to zoom.</span> <button>Zoom in</button> <button>Zoom out</button></p>';

/**
 * Renders the page. It is complete without its script, which keeps it up to date and draws the plots.
 *
 * @param hasPlots Whether the server has uPlot.
 */
export function pageHtml(view: StatusView, hasPlots: boolean): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    headHtml(view, hasPlots),
    '<body>',
    headerHtml(view),
    '<main>',
    section('checks', 'Checks', checksHtml(view.health)),
    section('work', 'Work in the last minute', workHtml(view)),
    '<section><h2>The last 15 minutes</h2>',
    hasPlots ? ZOOM : '',
    linesHtml(view),
    '</section>',
    section('models', 'Tokens and cost by model', modelsHtml(view)),
    section('errors', 'Errors by code', errorsHtml(view)),
    section('last-errors', 'Last errors with a trace', lastErrorsHtml(view)),
    section('events', 'Retries, fallbacks, circuit breakers and limits', eventsHtml(view)),
    section('connections', 'Connections', connectionsHtml(view)),
    '<section><h2>Process</h2>',
    `<div id="process" data-live>${processHtml(view)}</div></section>`,
    view.settings === undefined ? '' : section('settings', 'Settings', settingsHtml(view.settings)),
    '<section><h2 id="metrics-title">All metrics</h2>',
    '<ul>',
    '<li><a href="metrics">/metrics</a> for Prometheus',
    '<li><a href="health">/health</a> whether the process works',
    '<li><a href="ready">/ready</a> whether it accepts work',
    '</ul>',
    '<details><summary>Names and meanings</summary>',
    `${region('metrics', metricsHtml(view))}</details></section>`,
    '</main>',
    hasPlots ? '<script src="uplot.js"></script>' : '',
    `<script>${CLIENT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function headHtml({ health }: StatusView, hasPlots: boolean): string {
  return [
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(health.status)} – Status</title>`,
    '<link rel="icon" href="data:,">',
    hasPlots ? '<link rel="stylesheet" href="uplot.css">' : '',
    `<style>${STYLE}</style>`,
    '</head>',
  ].join('\n');
}

function linesHtml({ at, charts }: StatusView): string {
  const times = JSON.stringify((charts[0]?.times ?? []).map((time) => time / 1000));
  const lines = charts.map((chart) => chartHtml(chart, at)).join('\n');
  return `<div id="lines" class="grid" data-now="${at / 1000}" data-times="${times}" data-live>${lines}</div>`;
}

function headerHtml({ at, enabled, version, health }: StatusView): string {
  const ofVersion = version === '' ? '' : ` of version ${escapeHtml(version)}`;
  const reason = health.reason === undefined ? '' : ` ${escapeHtml(health.reason)}`;
  return [
    '<header>',
    `<h1>Status${ofVersion}</h1>`,
    `<p id="health" role="status" data-live>${statusHtml(health.status)}${reason}</p>`,
    `<p class="soft"><span id="at" data-live>At ${formatTime(at)}.</span>`,
    '<span id="updates" role="status">Reload the page to update it.</span></p>',
    enabled ? '' : '<p class="warn">Metrics are disabled: nothing is recorded.</p>',
    '</header>',
  ].join('\n');
}

function section(id: string, title: string, content: string): string {
  return `<section><h2 id="${id}-title">${title}</h2>\n${region(id, content)}</section>`;
}

/** A part that scrolls sideways on a phone; a keyboard scrolls it, too. */
function region(id: string, content: string): string {
  const name = `role="region" aria-labelledby="${id}-title"`;
  return `<div id="${id}" class="scroll" tabindex="0" ${name} data-live>${content}</div>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

import type { MetricsManager } from '../manager/manager.ts';

/** Renders the HTML page at `/`. */
export function landingPage(manager: MetricsManager): string {
  const rows = manager.instruments
    .filter(({ series }) => series.length > 0)
    .map(
      ({ name, type, help, series }) =>
        `<tr><td><code>${escapeHtml(manager.prefix + name)}</code><td>${type}<td>${series.length}<td>${escapeHtml(help)}`,
    )
    .sort();
  const version = manager.version === '' ? '' : ` of version ${escapeHtml(manager.version)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Metrics</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; vertical-align: top }
td:nth-child(3) { font-variant-numeric: tabular-nums }
</style>
<h1>Metrics${version}</h1>
<p>${manager.enabled ? 'Metrics are recorded.' : 'Metrics are disabled: nothing is recorded.'}</p>
<ul>
<li><a href="metrics">/metrics</a> for Prometheus
<li><a href="health">/health</a> whether the process works
<li><a href="ready">/ready</a> whether it accepts work
</ul>
<table>
<tr><th>Metric<th>Type<th>Series<th>Meaning
${rows.join('\n')}
</table>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

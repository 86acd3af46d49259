/** Shown for a figure that is not known. */
const UNKNOWN = '–';

/** Escapes text for an element or for an attribute in double quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Formats a number of things: exact up to a million. */
export function formatCount(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (Math.abs(value) < 1e6) return trim(value, Number.isInteger(value) ? 0 : 2);
  const unit = Math.abs(value) < 1e9 ? ({ by: 1e6, name: 'M' } as const) : { by: 1e9, name: 'G' };
  return `${trim(value / unit.by, 2)} ${unit.name}`;
}

/** Formats a rate: small ones with more digits. */
export function formatRate(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return value >= 100 ? formatCount(Math.round(value)) : trim(value, 2);
}

/** Formats a duration in seconds. */
export function formatSeconds(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (value < 1) return `${trim(value * 1000, value < 0.01 ? 1 : 0)} ms`;
  return value < 120 ? `${trim(value, 2)} s` : `${trim(value / 60, 1)} min`;
}

/** Formats a size in bytes. */
export function formatBytes(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return value < 2 ** 30 ? `${trim(value / 2 ** 20, 1)} MiB` : `${trim(value / 2 ** 30, 2)} GiB`;
}

/** Formats an amount of US dollars. */
export function formatDollars(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return `$${value === 0 || value >= 1 ? value.toFixed(2) : value.toFixed(4)}`;
}

/** Formats a share from 0 to 1. */
export function formatRatio(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? UNKNOWN : `${trim(value * 100, 1)} %`;
}

/** Formats a time of day in UTC. */
export function formatTime(at: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return UNKNOWN;
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

function trim(value: number, digits: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

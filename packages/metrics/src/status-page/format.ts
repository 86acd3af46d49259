/** Shown for a figure that is not known. */
const UNKNOWN = '–';

/** The unit of a value: one of Prometheus, or that which people read. */
export type Unit = 'seconds' | 'ratio' | 'bytes' | '/s' | '/min' | ' $/min';

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
  const notation = Math.abs(value) < 1e6 ? 'standard' : 'compact';
  return value.toLocaleString('en', { notation, maximumFractionDigits: 2 });
}

/** Formats an amount of US dollars. */
export function formatDollars(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return `$${value === 0 || value >= 1 ? value.toFixed(2) : value.toFixed(4)}`;
}

/** Formats a value with its unit. */
export function formatValue(value: number | undefined, unit: Unit): string {
  if (value === undefined) return UNKNOWN;
  const { factor, suffix } = displayUnit(unit, value);
  return formatReading(value * factor, suffix);
}

/** Formats a value of a line, as the script of the page does, or a rate. */
export function formatReading(value: number | undefined, suffix = ''): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return `${value.toLocaleString('en', { maximumSignificantDigits: 4 })}${suffix}`;
}

/** Returns the unit in which people read values up to the given one. */
export function displayUnit(
  unit: Unit,
  highest: number,
): { readonly factor: number; readonly suffix: string } {
  switch (unit) {
    case 'seconds':
      if (highest < 1) return { factor: 1000, suffix: ' ms' };
      return highest < 120 ? { factor: 1, suffix: ' s' } : { factor: 1 / 60, suffix: ' min' };
    case 'ratio':
      return { factor: 100, suffix: ' %' };
    case 'bytes':
      return { factor: 2 ** -20, suffix: ' MiB' };
    default:
      return { factor: 1, suffix: unit };
  }
}

/** Formats a time of day in UTC. */
export function formatTime(at: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return UNKNOWN;
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

/** The value that stands for every label combination beyond a metric's cap. */
export const OVERFLOW = 'other';

/** Returns whether a value has one obvious string form; objects, functions and symbols do not. */
export function isLabelValue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}

/**
 * Makes a label value that every scraper can read: well-formed Unicode without NUL, cut at
 * `maxLength` UTF-16 units but never inside a character.
 */
export function cleanLabelValue(value: unknown, maxLength: number): string {
  if (value === undefined || value === null || !isLabelValue(value)) return '';
  const text = String(value);
  const short = text.length > maxLength ? text.slice(0, cutAt(text, maxLength)) : text;
  return short.toWellFormed().replaceAll('\0', '\uFFFD');
}

function cutAt(text: string, maxLength: number): number {
  const last = text.charCodeAt(maxLength - 1);
  return last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength;
}

/** Escapes a label value for the exposition formats. */
export function escapeLabelValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Renders label pairs without the braces: `a="1",b="2"`. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (const [i, name] of names.entries()) {
    const value = values[i];
    if (value === undefined || value === '') continue;
    text += `${text === '' ? '' : ','}${name}="${escapeLabelValue(value)}"`;
  }
  return text;
}

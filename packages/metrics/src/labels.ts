/** The value that stands for every combination beyond a metric's cap. */
export const OVERFLOW = 'other';

/** Whether a value has one obvious text; objects, functions and symbols have none. */
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
 * `maxLength` UTF-16 units and never within a character.
 */
export function cleanLabelValue(value: unknown, maxLength: number): string {
  if (value === undefined || value === null || !isLabelValue(value)) return '';
  const text = String(value);
  const short = text.length > maxLength ? text.slice(0, cutAt(text, maxLength)) : text;
  // A clean text stays the very same string: the lookups compare by identity first.
  const isClean = short.isWellFormed() && !short.includes('\0');
  return isClean ? short : short.toWellFormed().replaceAll('\0', '\uFFFD');
}

function cutAt(text: string, maxLength: number): number {
  const last = text.charCodeAt(maxLength - 1);
  return last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength;
}

/** Writes a label value as the exposition formats want it. */
export function escapeLabelValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Writes label pairs without the braces: `a="1",b="2"`. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let i = 0; i < names.length; i++) {
    const value = values[i];
    if (value === undefined || value === '') continue;
    text += `${text === '' ? '' : ','}${names[i]}="${escapeLabelValue(value)}"`;
  }
  return text;
}

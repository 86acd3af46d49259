import { nextEntry, prepareTable, TABLE } from './rule-table.ts';
import { DOTTED } from './tokens.ts';

/** Up to this length a string is read character by character: a copy of it takes longer. */
const SHORT = 64;

/** As in the table of keys: both need a closer look. */
const SIGN = 1;
const DASH = 2;
const DOT = 4;

/** The signs of URLs, assignments, elements, lists, flags and dotted tokens. */
const SIGN_KINDS = new Uint8Array(128);
for (const sign of '@:=%<"\'&\\') SIGN_KINDS[sign.charCodeAt(0)] = SIGN;
SIGN_KINDS['-'.charCodeAt(0)] = DASH;
for (const sign of '.~') SIGN_KINDS[sign.charCodeAt(0)] = DOT;

/**
 * Whether a string is short and no rule can match it. One loop takes the place of all other tests
 * for most values of a log.
 */
export function isHarmless(text: string): boolean {
  const { length } = text;
  if (length > SHORT) return false;
  prepareTable();
  let entry = 0;
  let found = 0;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    entry = nextEntry(entry, code);
    found |= (SIGN_KINDS[code & 127] as number) | (TABLE[entry] as number);
  }
  if ((found & SIGN) !== 0) return false;
  if ((found & DASH) !== 0 && text.includes('--')) return false;
  return (found & DOT) === 0 || !DOTTED.test(text);
}

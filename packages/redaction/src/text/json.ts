// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern finds the characters that JSON must escape
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;
const BEYOND_JSON = /[\u007f-\u009f\u2028\u2029]/g;

// V8 looks for a small class of characters in 16 places of a string at once, which takes a tenth of the
// time: for up to 16 characters in Latin-1, where two that are 128 apart count as one.
// See `BoyerMooreLookahead` in V8's regexp-compiler.cc.
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: the same characters in three parts
const PARTS = [
  /["\\\u0000-\u000d\u0080-\u008d]/,
  /[\u000e-\u001d\u008e-\u009d]/,
  /[\u001e\u001f\u007f\u009e\u009f]/,
] as const;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: the same characters in three parts
const BEYOND_LATIN = /[\u0100-\uffff]/;
/** Up to this length one search takes less time than four. */
const SHORT = 64;

/** A string as JSON that no terminal and no line splitter can misread. */
export function quote(text: string): string {
  if (!isUnsafe(text)) return `"${text}"`;
  return JSON.stringify(text).replace(BEYOND_JSON, escapeUnit);
}

function isUnsafe(text: string): boolean {
  if (text.length <= SHORT || BEYOND_LATIN.test(text)) return UNSAFE.test(text);
  return PARTS[0].test(text) || PARTS[1].test(text) || PARTS[2].test(text);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

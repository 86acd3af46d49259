const MARK = '**********';

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${MARK}@`],
  [/(\bhttps?:\/\/[^\s?#"'<>]*)\?[^\s"'<>]*/gi, `$1?${MARK}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${MARK}`],
  [/\b(?:sk|pk|rk)[-_][\w-]{8,}/g, MARK],
];

/** Cuts a foreign text to a length and masks what looks like a secret. */
export function redactText(text: string, limit = 1000): string {
  let result = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  for (const [pattern, mask] of PATTERNS) result = result.replace(pattern, mask);
  return result;
}

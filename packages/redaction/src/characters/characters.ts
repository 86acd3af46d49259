/** Kinds of ASCII characters; a bit set. */
export const Kind = {
  /** Letters, digits and `_`. */
  word: 1,
  /** The characters of a name: {@link Kind.word}, `-`, `.` and `$`. */
  name: 2,
  /** A space or a tab. */
  blank: 4,
  /** Quotes, their backslashes, and the brackets of `name[]`. */
  quote: 8,
  /** The characters of Base64. */
  base64: 16,
  /** `:`, `=` and `%`, of which one stands between a name and its value. */
  separator: 32,
  at: 64,
  dash: 128,
} as const;

/** The kinds of each ASCII character. */
export const KINDS: Uint8Array = new Uint8Array(128);

function mark(pattern: RegExp, kind: number): void {
  for (let code = 0; code < 128; code += 1) {
    if (pattern.test(String.fromCharCode(code))) KINDS[code] = (KINDS[code] as number) | kind;
  }
}
mark(/\w/, Kind.word);
mark(/[\w.$-]/, Kind.name);
mark(/[ \t]/, Kind.blank);
mark(/["'`\\[\]]/, Kind.quote);
mark(/[\w+/=-]/, Kind.base64);
mark(/[:=%]/, Kind.separator);
mark(/@/, Kind.at);
mark(/-/, Kind.dash);

/**
 * Returns where a run of characters of one kind before a place begins.
 *
 * @param text The string.
 * @param from The first place to look at.
 * @param end The place behind the run.
 * @param most The longest run to look for.
 * @param kind The kind.
 */
export function runBefore(
  text: string,
  from: number,
  end: number,
  most: number,
  kind: number,
): number {
  const stop = Math.max(end - most, from);
  let start = end;
  while (start > stop) {
    const code = text.charCodeAt(start - 1);
    if (code > 127 || ((KINDS[code] as number) & kind) === 0) break;
    start -= 1;
  }
  return start;
}

/** Whether a character is a letter of ASCII, a digit or `_`. */
export function isWord(code: number): boolean {
  return code < 128 && ((KINDS[code] as number) & Kind.word) !== 0;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that color a terminal.
const COLOR = /\u001b\[[\d;]*m/g;

/** Drops the sequences that color a terminal. */
export function withoutColors(text: string): string {
  return text.includes('\u001b') ? text.replace(COLOR, '') : text;
}

/**
 * A pattern in parts, each the source of a regular expression without capturing groups.
 *
 * Every match contains the key: two or three letters, digits, signs or small classes such as `[-_]`.
 * They are chosen to be rare in usual text, because `scan.ts` looks at a match more closely wherever
 * it finds them, in upper or lower case.
 */
export interface Rule {
  readonly before: string;
  readonly key: string;
  readonly after: string;
  /** What is masked, behind the other parts. Default: the whole match. */
  readonly value?: string;
}

/** A pattern, what replaces its matches, and in small letters what each of them contains. */
export type Replacement = readonly [pattern: RegExp, replacement: string, key?: string];

/**
 * Makes a value when it is first asked for: compiling the patterns of all rules takes several
 * milliseconds, and most programs import them long before a string needs them.
 */
export function lazily<T extends object>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

/** Applies replacements in their order. */
export function replaceAll(replacements: readonly Replacement[], text: string): string {
  let result = text;
  // Of a hundred patterns few have their key in the text, and to look for it takes a third of the time.
  // What replaces a match brings no key with it.
  const small = text.toLowerCase();
  for (const [pattern, replacement, key = ''] of replacements) {
    if (small.includes(key)) result = result.replace(pattern, replacement);
  }
  return result;
}

/** Returns what masks the matches of a rule. */
export function masking({ before, key, after, value }: Rule, mask: string): Replacement {
  return value === undefined
    ? [new RegExp(before + key + after, 'g'), mask, plain(key)]
    : [new RegExp(`(${before}${key}${after})${value}`, 'g'), `$1${mask}`, plain(key)];
}

/** A key in small letters; nothing if it has other choices than `[aA]`. */
function plain(key: string): string {
  const letters = key.replace(/\[([a-z])[A-Z]\]/g, '$1').replace(/\\([.$/])/g, '$1');
  return /[[\\]/.test(letters) ? '' : letters.toLowerCase();
}

/** The source of a pattern that matches words in upper and lower case. */
export function anyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

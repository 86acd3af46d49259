import { KINDS, Kind, runBefore } from '../characters/characters.ts';
import { MASK } from '../words/words.ts';
import { byteSpellings, encodedSpellings, plainSpelling } from './spellings.ts';

/** A shorter secret would be found inside innocent words. */
const SHORT = 4;

/** From this length on a secret is searched for in few spellings: V8 limits the size of a pattern. */
const GIANT = 2000;

/** A printed buffer, also the JSON of a typed array. */
const BUFFER = /Buffer|[iI]nt8|"0\\{0,8}":\s?\d/;

/** Finds known secrets in strings. */
export class SecretMatcher {
  /** The largest number of characters that a spelling of a secret may have. */
  readonly longest: number;
  /** Whether a number may be a secret. */
  readonly numeric: boolean;
  readonly #short: ReadonlySet<string>;
  readonly #giants: readonly string[];
  readonly #plain: RegExp | undefined;
  readonly #encoded: RegExp | undefined;
  readonly #bytes: RegExp | undefined;

  /** @param secrets The secrets, none of them empty. */
  constructor(secrets: Iterable<string>) {
    const all = [...new Set(secrets)];
    // The longest first, or a secret that begins with another would keep its tail.
    const long = all.filter((text) => text.length >= SHORT).sort((a, b) => b.length - a.length);
    const usual = long.filter((text) => text.length < GIANT);
    this.#short = new Set(all.filter((text) => text.length < SHORT));
    this.#giants = long.filter((text) => text.length >= GIANT).flatMap(giantSpellings);
    this.#plain = anyOf(usual.map(plainSpelling));
    this.#encoded = anyOf(usual.flatMap(encodedSpellings));
    this.#bytes = anyOf(usual.flatMap(byteSpellings));
    this.longest = Math.max(3 * (usual[0]?.length ?? 0), this.#giants[0]?.length ?? 0);
    this.numeric = all.some((text) => /^-?[\d.e+-]+$/i.test(text));
  }

  /** Whether there is anything to look for. */
  get isEmpty(): boolean {
    return this.#plain === undefined && this.#giants.length === 0 && this.#short.size === 0;
  }

  /** Returns the string with every secret masked. */
  mask(text: string): string {
    if (this.#short.has(text)) return MASK;
    let result = text;
    for (const secret of this.#giants) result = result.replaceAll(secret, MASK);
    if (this.#plain !== undefined) result = result.replace(this.#plain, MASK);
    if (this.#bytes !== undefined && BUFFER.test(result))
      result = result.replace(this.#bytes, MASK);
    return this.#encoded === undefined ? result : maskWords(result, this.#encoded);
  }
}

function anyOf(sources: readonly string[]): RegExp | undefined {
  return sources.length === 0 ? undefined : new RegExp([...new Set(sources)].join('|'), 'g');
}

function giantSpellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = secret.isWellFormed() ? encodeURIComponent(secret) : secret;
  const base64 = Buffer.from(secret).toString('base64');
  return [...new Set([secret, json, url, base64])].sort((a, b) => b.length - a.length);
}

/** Masks the whole Base64 words around the matches; each character is visited at most twice. */
function maskWords(text: string, pattern: RegExp): string {
  let result = '';
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    let start = match.index;
    let end = start + match[0].length;
    if (end <= done) continue;
    start = runBefore(text, done, start, start, Kind.base64);
    while (end < text.length && isBase64(text.charCodeAt(end))) end += 1;
    result += text.slice(done, Math.max(start, done)) + MASK;
    done = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

function isBase64(code: number): boolean {
  return code < 128 && ((KINDS[code] as number) & Kind.base64) !== 0;
}

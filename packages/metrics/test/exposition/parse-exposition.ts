/** One sample of a scrape as a reader sees it. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: { readonly labels: Readonly<Record<string, string>>; readonly value: number };
}

/** Parses an exposition after its specification, knowing nothing of how it was written. */
export function parseExposition(text: string): ParsedSample[] {
  const samples: ParsedSample[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const reader = new Reader(line);
    const name = reader.until(/[{ ]/);
    const labels = reader.peek() === '{' ? reader.labels() : {};
    reader.skip(' ');
    const value = toNumber(reader.until(/ /));
    if (reader.peek() !== ' ') {
      samples.push({ name, labels, value });
      continue;
    }
    reader.skip(' # ');
    const exemplarLabels = reader.labels();
    reader.skip(' ');
    const exemplar = { labels: exemplarLabels, value: toNumber(reader.until(/ /)) };
    samples.push({ name, labels, value, exemplar });
  }
  return samples;
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (!/^[-+]?(\d|NaN)/.test(text)) throw new Error(`${text} is not a number`);
  return Number(text);
}

class Reader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  peek(): string | undefined {
    return this.#line[this.#at];
  }

  skip(text: string): void {
    if (!this.#line.startsWith(text, this.#at)) {
      throw new Error(`${JSON.stringify(text)} is missing at ${this.#at} of ${this.#line}`);
    }
    this.#at += text.length;
  }

  until(end: RegExp): string {
    const start = this.#at;
    while (this.#at < this.#line.length && !end.test(this.#line[this.#at] as string)) this.#at++;
    return this.#line.slice(start, this.#at);
  }

  labels(): Record<string, string> {
    const labels: Record<string, string> = {};
    this.skip('{');
    while (this.peek() !== '}') {
      const name = this.until(/=/);
      this.skip('="');
      let value = '';
      while (this.peek() !== '"') {
        let character = this.#line[this.#at++];
        if (character === undefined) throw new Error(`no end of ${name} in ${this.#line}`);
        if (character === '\\') {
          const escaped = this.#line[this.#at++];
          character = escaped === 'n' ? '\n' : escaped;
        }
        value += character;
      }
      this.skip('"');
      if (Object.hasOwn(labels, name)) throw new Error(`${name} is there twice`);
      labels[name] = value;
      if (this.peek() === ',') this.skip(',');
    }
    this.skip('}');
    return labels;
  }
}

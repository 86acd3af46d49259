/** The Redis keys of one run, all under a prefix of its own. */
export class Keys {
  readonly prefix: string;

  constructor(run: string) {
    this.prefix = `map-demo:${run}:`;
  }

  /** Waiting tasks of a kind, a list. */
  queue(kind: string): string {
    return `${this.prefix}queue:${kind}`;
  }

  /** What an agent has taken and not finished, a list. */
  active(agent: string): string {
    return `${this.prefix}active:${agent}`;
  }

  /** Answers to a document's chunks by task, a hash. */
  answers(document: string): string {
    return `${this.prefix}answers:${document}`;
  }

  /** Summaries by document, a hash. */
  get summaries(): string {
    return `${this.prefix}summaries`;
  }

  /** Who hands a document over to the editor, a string. */
  claim(document: string): string {
    return `${this.prefix}claim:${document}`;
  }

  /** All keywords, a set. */
  get keywords(): string {
    return `${this.prefix}keywords`;
  }

  /** The chunks that a keyword stands in, a set. */
  index(keyword: string): string {
    return `${this.prefix}index:${keyword}`;
  }
}

/** The prefix of all Redis keys of the demo. */
export const KEY_PREFIX = 'map-demo:';

/** The Redis keys of one run, all under one separate prefix. */
export class Keys {
  readonly prefix: string;

  constructor(run: string) {
    this.prefix = `${KEY_PREFIX}${run}:`;
  }

  /** The prefix of the keys of the queues. */
  get queues(): string {
    return this.prefix.slice(0, -1);
  }

  /** Ids of the tasks that are done, a set. */
  get done(): string {
    return `${this.prefix}done`;
  }

  /** Summaries by document, a hash. */
  get summaries(): string {
    return `${this.prefix}summaries`;
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

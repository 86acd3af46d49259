/** Points of 5 seconds that are kept: 15 minutes. */
export const MAX_POINTS = 180;
/** Figures that are kept; further ones have no history. */
export const MAX_COLUMNS = 600;
/** Milliseconds between the newest two points, at least. */
const MIN_DISTANCE_MS = 2500;
/** Length limit of a figure's name in UTF-16 units. */
const MAX_KEY_LENGTH = 256;

/** Figures of one moment by name. */
export type Figures = ReadonlyMap<string, number>;

/** Figures over time; the last point is the current moment. */
export interface Timeline {
  /** Unix times in milliseconds, oldest first. */
  readonly times: readonly number[];
  /** The values of a figure at these times; undefined if it has no history. */
  values(key: string): readonly number[] | undefined;
}

/**
 * The figures of the last 15 minutes, in a ring of fixed size.
 *
 * A column is an array of 180 numbers. With 600 columns the history has at most about 0.9 MB.
 */
export class History {
  readonly #times = new Float64Array(MAX_POINTS);
  readonly #columns = new Map<string, Float64Array>();
  #next = 0;
  #length = 0;

  /** Number of points. */
  get length(): number {
    return this.#length;
  }

  /** Number of figures. */
  get columns(): number {
    return this.#columns.size;
  }

  /** The time of the newest point; -Infinity without one. */
  get newestAt(): number {
    if (this.#length === 0) return Number.NEGATIVE_INFINITY;
    return this.#times[(this.#next + MAX_POINTS - 1) % MAX_POINTS] as number;
  }

  /**
   * Adds a point; the oldest one makes room. A figure that is missing counts as 0. A clock that was set
   * back begins a new history.
   */
  push(at: number, figures: Figures): void {
    if (at < this.newestAt) this.clear();
    const slot = this.#next;
    this.#times[slot] = at;
    for (const column of this.#columns.values()) column[slot] = 0;
    for (const [key, value] of figures) {
      const column = this.#columns.get(key) ?? this.#addColumn(key);
      if (column !== undefined) column[slot] = value;
    }
    this.#next = (slot + 1) % MAX_POINTS;
    this.#length = Math.min(this.#length + 1, MAX_POINTS);
  }

  /** Drops all points. */
  clear(): void {
    this.#columns.clear();
    this.#next = 0;
    this.#length = 0;
  }

  /**
   * Returns the history, with the figures of the current moment as the last point. They replace a
   * point that is only just recorded: a rate over a few milliseconds means nothing.
   */
  with(at: number, figures: Figures): Timeline {
    const times = this.#inOrder(this.#times);
    const newest = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const recent = at - newest < MIN_DISTANCE_MS ? times.length - 1 : times.length;
    const kept = at < newest ? 0 : recent;
    return {
      times: [...times.subarray(0, kept), at],
      values: (key) => {
        const now = figures.get(key) ?? 0;
        const column = this.#columns.get(key);
        if (column !== undefined) return [...this.#inOrder(column).subarray(0, kept), now];
        return this.#isFull ? undefined : [...new Array<number>(kept).fill(0), now];
      },
    };
  }

  get #isFull(): boolean {
    return this.#columns.size >= MAX_COLUMNS;
  }

  #addColumn(key: string): Float64Array | undefined {
    if (this.#isFull || key.length > MAX_KEY_LENGTH) return undefined;
    const column = new Float64Array(MAX_POINTS);
    this.#columns.set(key, column);
    return column;
  }

  #inOrder(column: Float64Array): Float64Array {
    if (this.#length < MAX_POINTS) return column.subarray(0, this.#length);
    const ordered = new Float64Array(MAX_POINTS);
    ordered.set(column.subarray(this.#next));
    ordered.set(column.subarray(0, this.#next), MAX_POINTS - this.#next);
    return ordered;
  }
}

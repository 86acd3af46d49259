/**
 * The label index of a metric: from the labels of a call, as the caller writes them, to a series.
 *
 * It is a tree of label *names and values in the order in which callers give them*. A position
 * branches by the name of the next label, and each branch maps the values of that label to the
 * next positions. `trackLlm('requests', { model, provider })` walks `model`, then `provider`: two
 * comparisons of names and two map lookups, however many other labels the metric has and in
 * whatever order its definition lists them. No string is built and nothing is sorted; that is
 * possible because code that writes the same labels writes them in the same order each time.
 *
 *     root ─┬─ model ──┬─ "gpt-4o" ── provider ── "openai"  ⇒ series 1
 *           │          └─ "o3" ────── provider ── "openai"  ⇒ series 2
 *           └─ provider ─ "openai" ── model ───── "gpt-4o"  ⇒ series 1
 *
 * Each series has one canonical path: its non-empty labels in the order of the definition. Other
 * orders and other spellings of a value (`200` for `"200"`, an alias, an explicit `undefined`) are
 * further paths to the same series. They are only shortcuts: labels whose path is missing are
 * checked and cleaned first, and found by the canonical path.
 */
export class LabelIndex<S extends object> {
  readonly #root = new Position<S>();
  #paths = 0;

  /** The number of paths. */
  get paths(): number {
    return this.#paths;
  }

  /** Finds the series of labels that were added in this form. */
  find(labels: Readonly<Record<string, unknown>> | undefined): S | undefined {
    let position: Position<S> | undefined = this.#root;
    for (const name in labels) {
      let branch: Branch<S> | undefined = position.branch;
      while (branch !== undefined && branch.name !== name) branch = branch.other;
      position = branch?.values.get(labels[name]);
      if (position === undefined) return undefined;
    }
    return position.series;
  }

  /** Adds a path, label by label, to a series. */
  add(path: readonly LabelPair[], series: S): void {
    let position = this.#root;
    for (const [name, value] of path) position = position.enter(name, value);
    if (position.series === undefined) this.#paths++;
    position.series = series;
  }
}

/** The name of a label and its value. */
export type LabelPair = readonly [name: string, value: unknown];

/** A place in the tree, reached by the labels so far. */
class Position<S> {
  /** The series whose labels end here. */
  series: S | undefined = undefined;
  /** Where the next label leads. Most positions have one branch, or none. */
  branch: Branch<S> | undefined = undefined;

  enter(name: string, value: unknown): Position<S> {
    let { branch } = this;
    while (branch !== undefined && branch.name !== name) branch = branch.other;
    if (branch === undefined) {
      branch = { name, values: new Map(), other: this.branch };
      this.branch = branch;
    }
    let next = branch.values.get(value);
    if (next === undefined) {
      next = new Position<S>();
      branch.values.set(value, next);
    }
    return next;
  }
}

/** The values that were given for one label at one position. */
interface Branch<S> {
  readonly name: string;
  readonly values: Map<unknown, Position<S>>;
  /** The branch of another label name. */
  readonly other: Branch<S> | undefined;
}

/**
 * The label index of a metric: from the labels of a call, as the caller writes them, to a series.
 *
 * It is a tree of label *names and values in the order in which callers give them*. Each branch is
 * named after the next label and maps its values to the next branch, or to the series if no label
 * follows. `trackLlm('requests', { model, provider })` walks `model`, then `provider`: two
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
  readonly #root = new Branch<S>();
  #paths = 0;

  /** The number of paths. */
  get paths(): number {
    return this.#paths;
  }

  /** Finds the series of labels that were added in this form. */
  find(labels: Readonly<Record<string, unknown>> | undefined): S | undefined {
    let node: Branch<S> | S | undefined = this.#root;
    for (const name in labels) {
      let branch: Branch<S> | undefined = node instanceof Branch ? node : undefined;
      while (branch !== undefined && branch.name !== name) branch = branch.other;
      if (branch === undefined) return undefined;
      node = branch.values.get(labels[name]);
    }
    return node instanceof Branch ? node.series : node;
  }

  /** Adds a path, label by label, to a series. */
  add(path: readonly LabelPair[], series: S): void {
    if (this.find(Object.fromEntries(path)) === undefined) this.#paths++;
    let position = this.#root;
    for (const [i, [name, value]] of path.entries()) {
      const { values } = position.branchOf(name);
      const known = values.get(value);
      if (known instanceof Branch) {
        position = known;
      } else if (i === path.length - 1) {
        values.set(value, series);
        return;
      } else {
        position = new Branch<S>();
        position.series = known;
        values.set(value, position);
      }
    }
    position.series = series;
  }
}

/** The name of a label and its value. */
export type LabelPair = readonly [name: string, value: unknown];

/** The values that were given for one label at one place in the tree. */
class Branch<S extends object> {
  /** The label; empty until one is added here. */
  name = '';
  readonly values = new Map<unknown, Branch<S> | S>();
  /** The branch for another label in the same place; most places have one branch. */
  other: Branch<S> | undefined = undefined;
  /** The series whose labels end in this place, in the first branch there. */
  series: S | undefined = undefined;

  /** Returns the branch of a label in this place. */
  branchOf(name: string): Branch<S> {
    if (this.name === '') this.name = name;
    if (this.name === name) return this;
    this.other ??= new Branch<S>();
    return this.other.branchOf(name);
  }
}

const labels = new WeakMap<object, string>();

/** Stores the description of the cause that an error from JSON came with. */
export function setLabel(error: object, label: string): void {
  labels.set(error, label);
}

/** Returns the description of the cause that an error from JSON came with. */
export function getLabel(error: object): string | undefined {
  return labels.get(error);
}

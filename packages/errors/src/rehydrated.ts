const labels = new WeakMap<object, string>();

/** Remembers how the cause of an error from JSON was described, so that it is described the same. */
export function setLabel(error: object, label: string): void {
  labels.set(error, label);
}

/** Gives the description that came with an error from JSON. */
export function getLabel(error: object): string | undefined {
  return labels.get(error);
}

/** A method of unknown arguments. */
export type Step = (this: unknown, ...args: unknown[]) => unknown;

/** Overrides a method on an object; a frozen object stays as it is. */
export function replace(object: object, name: PropertyKey, make: (original: Step) => Step): void {
  const original: unknown = Reflect.get(object, name);
  if (typeof original !== 'function') return;
  Reflect.defineProperty(object, name, {
    value: make(original as Step),
    configurable: true,
    writable: true,
  });
}

/** Overrides a getter on an object; a frozen object stays as it is. */
export function replaceGetter(
  object: object,
  name: string,
  get: (original: () => unknown, receiver: unknown) => unknown,
): void {
  const original = findGetter(object, name);
  if (original === undefined) return;
  Reflect.defineProperty(object, name, {
    configurable: true,
    enumerable: true,
    get() {
      // Not the object: Mastra's is a proxy, and private members are those of its target.
      return get(() => original.call(this), this);
    },
  });
}

/** Finds the getter of a property on an object or its prototypes. */
export function findGetter(object: object, name: string): (() => unknown) | undefined {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor.get;
  }
  return undefined;
}

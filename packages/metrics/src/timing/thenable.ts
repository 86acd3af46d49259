type Then = (onValue?: unknown, onError?: unknown) => unknown;

/**
 * Puts another `then` on a thenable.
 *
 * @returns Whether that was possible: one that is frozen stays as it is.
 */
export function replaceThen(thenable: object, then: Then): boolean {
  if (!define(thenable, 'then', then)) return false;
  if (!(thenable instanceof Promise)) return true;
  // Promises of SDKs have a catch and a finally of their own, which go past then.
  if (thenable.catch !== Promise.prototype.catch) {
    define(thenable, 'catch', (onError: unknown) => then(undefined, onError));
  }
  if (thenable.finally !== Promise.prototype.finally) {
    define(thenable, 'finally', (onEnd?: () => void) =>
      new Promise((resolve, reject) => void then(resolve, reject)).finally(onEnd),
    );
  }
  return true;
}

function define(target: object, name: string, value: unknown): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true });
}

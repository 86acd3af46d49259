type Then = (onValue?: unknown, onError?: unknown) => unknown;

/**
 * Overrides `then` of a thenable.
 *
 * @returns false if the thenable is frozen.
 */
export function replaceThen(thenable: object, then: Then): boolean {
  if (!define(thenable, 'then', then)) return false;
  if (!(thenable instanceof Promise)) return true;
  // The promises of SDKs have their own catch and finally, which do not call then.
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

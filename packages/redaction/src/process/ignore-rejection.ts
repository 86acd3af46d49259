/**
 * Takes the rejection of what a listener returned: an async function is one that may be passed where
 * nothing is awaited, and its error must not end the process as an unhandled rejection.
 *
 * @param returned What the listener returned.
 * @param onRejected Called in place of the unhandled rejection.
 */
export function ignoreRejection(returned: unknown, onRejected: () => void = ignore): void {
  if (returned instanceof Promise) returned.catch(onRejected);
}

function ignore(): void {}

import { cancelledError } from '../core/errors.ts';
import type { RedisClient } from './client.ts';
import type { Route } from './route.ts';

/**
 * Makes a route whose operations also end when a signal aborts, whether they wait or were sent.
 *
 * @param route - Where the operations go.
 */
export function abortableRoute(route: Route, signal: AbortSignal): Route {
  return {
    name: route.name,
    shared: route.shared,
    plain: route.plain,
    namespaces: route.namespaces,
    get isOpen() {
      return route.isOpen;
    },
    spoil: () => route.spoil(),
    run(operation, repeatable, invoke, timeoutMs, outer) {
      const place = { pool: route.name, kind: 'redis', operation, repeatable };
      if (signal.aborted) return Promise.reject(cancelledError(place, signal.reason));
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          // A reply may still come; the next holder must not receive it.
          if (!route.shared) route.spoil();
          reject(cancelledError(place, signal.reason));
        };
        signal.addEventListener('abort', onAbort, { once: true });
        const either = outer === undefined ? signal : AbortSignal.any([outer, signal]);
        const unlessAborted = (client: RedisClient): ReturnType<typeof invoke> => {
          if (signal.aborted) throw cancelledError(place, signal.reason);
          return invoke(client);
        };
        route
          .run(operation, repeatable, unlessAborted, timeoutMs, either)
          .finally(() => signal.removeEventListener('abort', onAbort))
          .then(resolve, reject);
      });
    },
  };
}

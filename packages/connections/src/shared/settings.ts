import type { ErrorOrigin } from '../core/errors.ts';
import type { OpenerSettings } from '../core/opener.ts';

/** How a shared connection is opened and bounded; all times in milliseconds. */
export interface SharedSettings extends OpenerSettings {
  /** The purpose of an HTTP connection. */
  readonly origin?: ErrorOrigin;
  readonly operationTimeoutMs: number;
  /** Most operations that may wait for the connection to open. */
  readonly maxWaiting: number;
  /** Whether operations in flight on a connection that is replaced may complete. */
  readonly retireGently: boolean;
}

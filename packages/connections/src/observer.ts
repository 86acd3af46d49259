/** What kind of thing a connection reaches: `redis`, `http`, or the kind given to `register()`. */
export type ConnectionKind = string;

/** One operation (a command, a transaction, a request) has ended. */
export interface OperationEvent {
  readonly type: 'operation';
  /** Name of the connection, e.g. `redis`. */
  readonly pool: string;
  readonly kind: ConnectionKind;
  /** Command name or HTTP method, e.g. `GET`. */
  readonly operation: string;
  readonly status: 'success' | 'error';
  readonly durationMs: number;
  /** Error code, e.g. `CONNECTION_TIMEOUT_9003`, when the operation failed. */
  readonly errorType?: string;
}

/** Somebody waited for a connection: for it to open, or for a pool member to be free. */
export interface WaitEvent {
  readonly type: 'wait';
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly status: 'success' | 'error';
  readonly durationMs: number;
  readonly errorType?: string;
}

/** A connection was opened, or an attempt to open one failed. */
export interface OpenEvent {
  readonly type: 'open';
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly status: 'success' | 'error';
  readonly durationMs: number;
  readonly errorType?: string;
}

/** A connection was closed. */
export interface CloseEvent {
  readonly type: 'close';
  readonly pool: string;
  readonly kind: ConnectionKind;
  /** Why: asked for, lost, past its deadline, not the primary, left dirty, idle or old. */
  readonly reason: CloseReason;
}

/** Why a connection was closed. */
export type CloseReason =
  | 'closed'
  | 'lost'
  | 'timeout'
  | 'misplaced'
  | 'dirty'
  | 'idle'
  | 'expired';

/** Something failed outside any operation, e.g. a connection was lost while idle. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly errorType: string;
  readonly error: Error;
}

/** A lease is held for longer than the leak limit. */
export interface LeakEvent {
  readonly type: 'leak';
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly heldMs: number;
  /** Stack of the place that took the lease. */
  readonly takenAt: string;
}

/** Everything that connections report. */
export type ConnectionEvent =
  | OperationEvent
  | WaitEvent
  | OpenEvent
  | CloseEvent
  | ErrorEvent
  | LeakEvent;

/** Receives every event of every connection; what it throws is ignored. */
export interface ConnectionObserver {
  observe(event: ConnectionEvent): void;
}

/** The logger that a manager warns through; `@map/logger`, winston, pino and `console` fit. */
export interface LoggerLike {
  debug(message: string, fields?: object): unknown;
  info(message: string, fields?: object): unknown;
  warn(message: string, fields?: object): unknown;
  error(message: string, fields?: object): unknown;
}

/**
 * Hands events to an observer without letting it break the operation it observes.
 *
 * @param observer - Receives the events; absent: nothing is reported.
 * @returns A function that reports one event, or undefined when nobody listens.
 */
export function reporter(
  observer: ConnectionObserver | undefined,
): ((event: ConnectionEvent) => void) | undefined {
  if (observer === undefined) return undefined;
  return (event) => {
    try {
      observer.observe(event);
    } catch {
      // An observer's failure is not the operation's failure.
    }
  };
}

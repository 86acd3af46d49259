import { ignoreRejection } from '@map/redaction/kernel';

/** The kind of a connection: `redis`, `http`, or the kind given to `register()`. */
export type ConnectionKind = string;

/** An operation (a command, a transaction, a request) has ended. */
export interface OperationEvent {
  readonly type: 'operation';
  /** Name of the connection, such as `redis`. */
  readonly pool: string;
  readonly kind: ConnectionKind;
  /** Command name or HTTP method, such as `GET`. */
  readonly operation: string;
  /** `cancelled`: the caller aborted it, or left a stream before its end. */
  readonly status: 'success' | 'error' | 'cancelled';
  readonly durationMs: number;
  /** Error code of a failed operation, such as `CONNECTION_TIMEOUT_9003`. */
  readonly errorType?: string;
}

/** A caller has waited for a connection: for it to open, or for a pool member to be free. */
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
  readonly reason: CloseReason;
}

/**
 * Why a connection was closed: on request (`closed`), lost, no reply in time (`timeout`), not the
 * primary (`misplaced`), returned in a changed state (`dirty`), unused (`idle`) or old (`expired`).
 */
export type CloseReason =
  | 'closed'
  | 'lost'
  | 'timeout'
  | 'misplaced'
  | 'dirty'
  | 'idle'
  | 'expired';

/** A failure outside any operation, such as a connection that was lost while idle. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly errorType: string;
  readonly error: Error;
}

/** A lease has been held for longer than `leakWarningMs`. */
export interface LeakEvent {
  readonly type: 'leak';
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly heldMs: number;
  /** Stack of the code that acquired the lease. */
  readonly takenAt: string;
}

/** A request of `fetch` is about to be sent again. */
export interface RetryEvent {
  readonly type: 'retry';
  readonly pool: string;
  readonly kind: ConnectionKind;
  /** HTTP method. */
  readonly operation: string;
  /** Attempts made so far, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  /** Error code of the attempt that failed. */
  readonly errorType: string;
}

/** The circuit of an origin server has changed its state. */
export interface CircuitEvent {
  readonly type: 'circuit';
  readonly pool: string;
  readonly kind: ConnectionKind;
  /** Such as `https://api.example.com`. */
  readonly server: string;
  readonly state: 'closed' | 'open' | 'half_open';
}

/** Everything that connections report. */
export type ConnectionEvent =
  | OperationEvent
  | WaitEvent
  | OpenEvent
  | CloseEvent
  | ErrorEvent
  | LeakEvent
  | RetryEvent
  | CircuitEvent;

/** Receives every event of every connection; its errors and rejections are ignored. */
export interface ConnectionObserver {
  observe(event: ConnectionEvent): void;
}

/** Reports one event; undefined without an observer. */
export type Report = ((event: ConnectionEvent) => void) | undefined;

/**
 * Wraps an observer so that it cannot break the operation it observes.
 *
 * @param observer - Receives the events.
 * @returns A function that reports one event, or undefined without an observer.
 */
export function reporter(observer: ConnectionObserver | undefined): Report {
  if (observer === undefined) return undefined;
  return (event) => {
    try {
      ignoreRejection(observer.observe(event));
    } catch {
      // A failing observer must not fail the operation.
    }
  };
}

import { constants } from 'node:os';

/** The signals that ask a process to end; SIGBREAK exists on Windows. */
export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGBREAK';

/** Reactions to what happens to the process. */
export interface ProcessEventHandlers {
  /** The first signal, or pm2's message. */
  readonly onSignal: (reason: string) => void;
  /** A signal while the shutdown is running. */
  readonly onSecondSignal: (reason: string, exitCode: number) => void;
  /** An uncaught error. */
  readonly onFatal: (error: unknown, origin: string) => void;
}

const SIGNALS: readonly EndSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'];

/**
 * A second signal that arrives this soon comes from a tool and not from a person: Nest's shutdown
 * hooks send the signal again, and tsx, nodemon and concurrently forward a Ctrl-C that the terminal
 * has already sent to the whole process group.
 */
const GRACE_MS = 1_200;

/**
 * Listens to signals, to pm2's `shutdown` message and to uncaught errors.
 *
 * @param handlers The reactions.
 * @returns A function that stops listening.
 */
export function listenToProcess(handlers: ProcessEventHandlers): () => void {
  let firstAt: number | undefined;
  const onEnd = (reason: string, exitCode: number) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      handlers.onSignal(reason);
    } else if (now - firstAt > GRACE_MS) {
      handlers.onSecondSignal(reason, exitCode);
    }
  };
  const onSignal = (signal: NodeJS.Signals) => onEnd(signal, 128 + constants.signals[signal]);
  const onMessage = (message: unknown) => {
    if (message === 'shutdown') onEnd('shutdown message', 1);
  };
  // Without a listener for it, an unhandled rejection becomes an uncaught exception.
  const onFatal = (error: unknown, origin: string) => handlers.onFatal(error, origin);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('uncaughtException', onFatal);
  const stopMessages = listenToMessages(onMessage);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onFatal);
    stopMessages();
  };
}

/**
 * Listens to the messages of a parent process without keeping this one alive: a listener makes Node
 * keep the channel, which here happens only while the application itself listens.
 */
function listenToMessages(onMessage: (message: unknown) => void): () => void {
  if (process.send === undefined) return () => undefined;
  const keepForOthers = () => {
    if (process.listenerCount('message') > 1) process.channel?.ref();
    else process.channel?.unref();
  };
  const onChange = (event: string | symbol) => {
    // The list changes after this event.
    if (event === 'message') queueMicrotask(keepForOthers);
  };
  process.on('message', onMessage);
  keepForOthers();
  process.on('newListener', onChange);
  process.on('removeListener', onChange);
  return () => {
    process.off('newListener', onChange);
    process.off('removeListener', onChange);
    process.off('message', onMessage);
    if (process.listenerCount('message') > 0) process.channel?.ref();
  };
}

import { keepRejections, rejectedValue } from '@map/redaction/kernel';

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
 * A second signal that arrives this soon comes from a tool and not from a person: tsx, nodemon and
 * concurrently forward a Ctrl-C that the terminal has already sent to the whole process group, and
 * the shutdown hooks of Nest and terminus remove their listener and send the signal again.
 */
const GRACE_MS = 1_200;

/**
 * Listens to signals, to pm2's `shutdown` message and to uncaught errors.
 *
 * @param handlers The reactions.
 * @returns A function that stops listening.
 */
export function listenToProcess(handlers: ProcessEventHandlers): () => void {
  /** When the first signal arrived, or when another listener of a signal was removed since. */
  let graceFrom: number | undefined;
  const onEnd = (reason: string, exitCode: number) => {
    const now = performance.now();
    if (graceFrom === undefined) {
      graceFrom = now;
      handlers.onSignal(reason);
    } else if (now - graceFrom > GRACE_MS) {
      handlers.onSecondSignal(reason, exitCode);
    }
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const { signals } = process.getBuiltinModule('node:os').constants;
    onEnd(signal, 128 + signals[signal]);
  };
  const onMessage = (message: unknown) => {
    if (message === 'shutdown') onEnd('shutdown message', 1);
  };
  const stopRejections = keepRejections();
  const onFatal = (error: unknown, origin: string) => {
    handlers.onFatal(rejectedValue(error), origin);
  };
  const onRemove = (event: string | symbol) => {
    const isSignal = SIGNALS.some((signal) => signal === event);
    if (isSignal && graceFrom !== undefined) graceFrom = performance.now();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('removeListener', onRemove);
  process.on('uncaughtException', onFatal);
  const stopMessages = listenToMessages(onMessage);
  return () => {
    process.off('removeListener', onRemove);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onFatal);
    stopRejections();
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

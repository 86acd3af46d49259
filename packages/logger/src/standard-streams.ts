import { reason } from './serializer.ts';

const watched = new WeakSet<object>();

/**
 * Keeps an error of standard output or standard error, such as that of a closed pipe, from ending
 * the process: winston's `Console` writes to them and listens to neither.
 */
export function watchStandardStreams(complain: (message: string) => void): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    if (watched.has(stream)) continue;
    watched.add(stream);
    stream.on('error', (error: unknown) => {
      complain(`${name} cannot be written by a transport: ${reason(error)}`);
    });
  }
}

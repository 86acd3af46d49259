import { ErrorCode, SystemError } from '@map/config/errors';
import { ArgumentsError, HELP, parseArguments } from './arguments.ts';
import { runDemo } from './demo.ts';
import { paintFor } from './paint.ts';
import { askOn } from './question.ts';

const WRONG_USE = 2;

// A reader that has seen enough, such as `head`, must not stop the demo.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

async function main(): Promise<number> {
  const args = parseArguments(process.argv.slice(2));
  if (args.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A second signal meets no listener and ends the process at once.
    process.once(signal, () => {
      const message = `Ended by ${signal}.`;
      stop.abort(new SystemError({ code: ErrorCode.OPERATION_CANCELLED, message }));
    });
  }
  return runDemo(args, {
    screen: process.stdout,
    paint: paintFor(process.stdout),
    signal: stop.signal,
    ask: askOn(process.stdin, process.stdout, stop.signal),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ArgumentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = WRONG_USE;
}

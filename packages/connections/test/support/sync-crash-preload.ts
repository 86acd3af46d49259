// Loaded into every thread of a script: the thread behind the synchronous Redis dies by itself, in
// in the requested way, as soon as a file is there.
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// A thread has the environment of the script, but not its arguments.
const { CRASH_FILE: trigger = '', CRASH_HOW: how } = process.env;

function die(): void {
  if (how === 'exit') process.exit(3);
  if (how === 'throw') throw new Error('died of an error');
  const hoard: unknown[] = [];
  for (;;) hoard.push(new Array(100_000).fill({}));
}

if (!isMainThread) {
  setInterval(() => {
    if (existsSync(trigger)) die();
  }, 10).unref();
}

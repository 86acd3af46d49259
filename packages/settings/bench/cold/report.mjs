import { VARIABLES } from './variables.mjs';

/** Tells the time a library took, and what it loaded. */
export function report(start, values) {
  const milliseconds = performance.now() - start;
  const loaded = VARIABLES.map(([name]) => values[name]);
  process.stdout.write(JSON.stringify({ milliseconds, loaded }));
}

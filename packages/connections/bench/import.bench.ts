import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defineBench, quick } from '@map-tooling/bench';

// Measures the published files, so run `pnpm build` first.
const folder = new URL('../', import.meta.url).pathname;

/** Milliseconds that a fresh process needs for an import. */
function timed(statement: string): () => Promise<number> {
  return async () => {
    const script = `const start = performance.now(); ${statement}; process.stdout.write(String(performance.now() - start));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: folder },
    );
    return Number(stdout);
  };
}

export default defineBench({
  name: 'import',
  title: 'Cold import in a fresh process',
  kind: 'value',
  unit: 'ms',
  better: 'lower',
  rounds: quick ? 1 : 15,
  goals: [{ atMost: 10 }],
  contenders: {
    '@map/connections': timed(`await import('${folder}dist/index.js')`),
    '@map/errors alone': timed("await import('@map/errors')"),
    'redis and got': timed("await Promise.all([import('redis'), import('got')])"),
  },
});

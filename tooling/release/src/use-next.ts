import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@map-tooling/testing';
import { must } from './execute.ts';
import { repository } from './packages.ts';
import type { Place } from './place.ts';
import { Running, until } from './running.ts';

interface Hello {
  version: number;
  metrics: string;
  listeners: [string, number][];
}

async function hello(port: number): Promise<Hello> {
  const response = await fetch(`http://127.0.0.1:${port}/api/hello`);
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  return (await response.json()) as Hello;
}

/** Builds the example and runs it standalone; then edits it under the development server. */
export async function useNext(place: Place): Promise<void> {
  const next = join(place.folder, '../node_modules/next/dist/bin/next');
  // Beside `node_modules` and the lockfile, by which Next.js finds the root.
  const options = { cwd: join(place.folder, '../next'), env: place.env };
  await cp(join(repository, 'examples/next'), options.cwd, { recursive: true });
  await develop(place, next, options);
  await must(place.node, [next, 'build'], { ...options, timeoutMs: 300_000 });
  const port = await freePort();
  const env = {
    ...place.env,
    ...{ NEXT_MANUAL_SIG_HANDLE: 'true', PORT: String(port), HOSTNAME: '127.0.0.1' },
  };
  const server = join(options.cwd, '.next/standalone/next/server.js');
  using standalone = new Running(place.node, [server], { ...options, env });
  await standalone.prints('"Configuration initialized"');
  await standalone.prints('Ready');
  await hello(port);
  await standalone.end();
  if (standalone.count('"Shutdown ends"') !== 1) throw standalone.failure('no shutdown');
}

/** A change of a route and one of `instrumentation.ts`: nothing is started or listened to again. */
async function develop(
  { node, env }: Place,
  next: string,
  options: { cwd: string; env: Place['env'] },
): Promise<void> {
  const port = await freePort();
  using dev = new Running(node, [next, 'dev', '-p', String(port), '-H', '127.0.0.1'], {
    ...options,
    env,
  });
  await dev.prints('Ready');
  // The first requests may fail while it compiles.
  await until('response', () => hello(port).then(Boolean, () => false)).catch((error: Error) => {
    throw dev.failure(error.message);
  });
  const first = await hello(port);
  const edit = async (file: string, from: string, to: string): Promise<void> => {
    const path = join(options.cwd, file);
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  };
  const route = 'app/api/hello/route.ts';
  for (const version of [2, 3]) {
    await edit(route, `version: ${version - 1}`, `version: ${version}`);
    if (version === 3) await edit('instrumentation.ts', 'if (', '// Changed.\n  if (');
    let now = await hello(port);
    for (const deadline = Date.now() + 60_000; now.version !== version; now = await hello(port)) {
      if (Date.now() > deadline) throw dev.failure(`version ${version} was not served`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const same = { ...first, version };
    if (JSON.stringify(now) !== JSON.stringify(same)) {
      throw dev.failure(`${JSON.stringify(now)}, not ${JSON.stringify(same)}`);
    }
  }
  if (dev.count('"Metrics server started"') !== 1) throw dev.failure('started more than once');
  await dev.end();
}

import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ServerProcess } from '@map-tooling/testing';
import { must } from './execute.ts';
import { nodePath, verdaccioPath } from './runtimes.ts';

/** A private registry on loopback: ours are published to it, everything else comes through it. */
export interface Registry extends AsyncDisposable {
  url: string;
  /** Lines of `.npmrc` that point npm and pnpm at it. */
  npmrc: string;
  log(): string;
}

/**
 * Starts verdaccio, with the registry that npm is configured with behind it.
 *
 * @returns the registry, answering; it ends with this process
 */
export async function startRegistry(): Promise<Registry> {
  const answer = await must('npm', ['config', 'get', 'registry'], { cwd: tmpdir() });
  const uplink = answer.split('\n').find((line) => /^https?:/.test(line));
  if (!uplink) throw new Error(`npm names no registry: ${answer.trim()}`);
  const directory = await mkdtemp(join(tmpdir(), 'map-registry-'));
  const port = await freePort();
  const config = {
    storage: join(directory, 'storage'),
    auth: { htpasswd: { file: join(directory, 'htpasswd') } },
    uplinks: { upstream: { url: uplink, maxage: '1h', timeout: '60s', max_fails: 20 } },
    packages: {
      '@map/*': { access: '$all', publish: '$all', unpublish: '$all' },
      '**': { access: '$all', publish: '$authenticated', proxy: 'upstream' },
    },
    web: { enable: false },
    max_body_size: '50mb',
    log: { type: 'stdout', format: 'pretty', level: 'warn', colors: false },
  };
  await mkdir(join(directory, 'storage'));
  // JSON is YAML.
  await writeFile(join(directory, 'config.yaml'), JSON.stringify(config));
  const host = `127.0.0.1:${port}`;
  const server = await ServerProcess.start({
    command: nodePath('24'),
    args: [verdaccioPath, '--config', join(directory, 'config.yaml'), '--listen', host],
    // Certificates and proxies of this machine: it has to reach the registry behind it.
    env: Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        value !== undefined && /^NODE_EXTRA|_proxy$|^HOME$/i.test(name) ? [[name, value]] : [],
      ),
    ),
    directory,
    timeoutMs: 60_000,
    isReady: () =>
      fetch(`http://${host}/-/ping`).then(
        (response) => response.ok,
        () => false,
      ),
  });
  return {
    url: `http://${host}/`,
    npmrc: `registry=http://${host}/\n//${host}/:_authToken=rehearsal\n`,
    log: () => server.log,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

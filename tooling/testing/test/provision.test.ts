import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { provide } from '../src/index.ts';
import { installHint, systemOf } from '../src/install-hint.ts';
import { redisCommand } from '../src/redis-program.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-provision-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Puts an executable shell script on an otherwise empty PATH. */
async function program(name: string, script: string): Promise<void> {
  vi.stubEnv('PATH', folder);
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

test('a program on PATH is taken as it is', async () => {
  expect(await provide({ name: 'sh', packages: ['dash'] })).toMatchObject({ env: {} });
});

test('a program that can stand in is taken where the first is missing, and only there', async () => {
  await program('plum-server', 'exit 0');
  const source = { packages: ['no-such-package'], otherNames: ['plum-server'] };
  expect(await provide({ name: 'pear-server', ...source })).toEqual({
    path: join(folder, 'plum-server'),
    env: {},
  });
  await symlink('plum-server', join(folder, 'apple-server'));
  expect(await provide({ name: 'apple-server', ...source })).toEqual({
    path: join(folder, 'apple-server'),
    env: {},
  });
});

test('where neither PATH nor Debian has a program, the error says what to install', async () => {
  vi.stubEnv('PATH', '/nowhere');
  await expect(provide({ name: 'pearmill', packages: ['pear-mill'] })).rejects.toThrow(
    /^pearmill is not on PATH, not available from Debian \(.+\)\. Install it with: .*pear/,
  );
});

test('a container runtime that answers is taken, and fetches an image that it lacks', async () => {
  await program('docker', 'exit 1');
  await program(
    'podman',
    `echo "$@" >> ${join(folder, 'calls')}; [ "$1 $2" != "image inspect" ] || exit 125`,
  );
  const image = 'registry.example.com/pear:1';
  const found = await provide({ name: 'pear-container', packages: ['no-such-package'], image });
  expect(found).toEqual({
    path: 'pear-container',
    env: {},
    container: { runtime: 'podman', image },
  });
  expect(await readFile(join(folder, 'calls'), 'utf8')).toBe(
    `info\nimage inspect ${image}\npull --quiet ${image}\n`,
  );
});

test('where no runtime has the image, the error names each way that was tried', async () => {
  await program('docker', '[ "$1" = info ]');
  const image = 'registry.example.com/plum:1';
  const source = { name: 'plum-container', packages: ['no-such-package'], image };
  await expect(provide(source)).rejects.toThrow(
    /not on PATH, not available from Debian \(.+\), not in a container \(docker cannot pull registry\.example\.com\/plum:1, no podman\)\. Install it with/,
  );
});

test('a server in a container runs as the caller, in its folder, and ends with it', () => {
  const container = { runtime: 'docker', image: 'pear:1' };
  const found = { path: 'redis-server', env: {}, container };
  const { command, args, end } = redisCommand(found, '/tmp/map-redis-x', 7000, ['--port', '7000']);
  const network = process.platform === 'linux' ? '--network host' : '--publish 127.0.0.1:7000:7000';
  expect(`${command} ${args.join(' ')}`).toContain(
    `docker run --rm --name map-redis-x --user ${process.getuid?.()}:${process.getgid?.()} ` +
      `${network} --volume /tmp/map-redis-x:/tmp/map-redis-x:z --workdir /tmp/map-redis-x ` +
      '--entrypoint redis-server pear:1 --port 7000',
  );
  expect(end).toEqual(['docker', 'rm', '--force', 'map-redis-x']);
});

test.each([
  ['darwin', '', 'macos', 'brew install valkey'],
  ['win32', '', 'windows', 'wsl --install'],
  ['linux', 'ID=fedora\nVERSION_ID=44\n', 'fedora', 'sudo dnf install valkey'],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora', 'sudo dnf install valkey'],
  ['linux', 'ID=arch\n', 'arch', 'sudo pacman -S valkey'],
  ['linux', 'NAME="Alpine Linux"\nID=alpine\n', 'alpine', 'sudo apk add valkey'],
  ['linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian', 'sudo apt-get install redis'],
  ['linux', 'ID=nixos\n', 'other', 'Install redis-server and put it on PATH.'],
  ['freebsd', '', 'other', 'Install redis-server and put it on PATH.'],
] as const)('on %s with %j the hint is for %s', (platform, osRelease, system, words) => {
  expect(systemOf(platform, osRelease)).toBe(system);
  const names = { fedora: 'valkey', arch: 'valkey', alpine: 'valkey', macos: 'valkey' };
  expect(installHint('redis-server', 'redis-server', names, system)).toContain(words);
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { addressOf, isPlaceholder, setAddress } from '../src/address.ts';
import { publicPackages } from '../src/packages.ts';

test('an address under a reserved domain is a placeholder', () => {
  for (const address of [
    undefined,
    '',
    'pear',
    'git+https://git.example.com/pear/pear.git',
    'https://pear.invalid/pear',
    'https://localhost:3000/pear',
  ]) {
    expect(isPlaceholder(address), String(address)).toBe(true);
  }
  for (const address of [
    'git+https://github.com/pear/pear.git',
    'https://git.counterexample.com/pear',
    'git+ssh://git@latest.pear.dev/pear.git',
  ]) {
    expect(isPlaceholder(address), address).toBe(false);
  }
});

test('every manifest repeats the address of the root', () => {
  const address = addressOf();
  expect(address).toMatch(/^https:\/\/\S+[^/]$/);
  for (const { manifest } of publicPackages()) {
    expect(manifest.repository).toEqual({
      type: 'git',
      url: `git+${address}.git`,
      directory: manifest.name.replace('@map/', 'packages/'),
    });
  }
});

test('the links of what is published lead to the address of the root', () => {
  const root = join(import.meta.dirname, '../../..');
  const grep = ['grep', '-hoIE', 'https://[^ ]+/blob/main/', '--', 'packages/*/src', '*.md'];
  const found = execFileSync('git', grep, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  expect(new Set(found)).toEqual(new Set([`${addressOf()}/blob/main/`]));
});

test('setting the address changes every file that repeats it, and nothing else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'map-address-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  try {
    const old = 'https://git.example.com/pear/pear';
    write('package.json', JSON.stringify({ name: 'pear', repository: old }));
    write('packages/a/README.md', `[docs](${old}/blob/main/docs/a.md), [other](https://x.dev/)\n`);
    write('packages/a/src/a.ts', "const OTHER = 'https://x.dev/';\n");
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    execFileSync('git', ['add', '--all'], { cwd: root });
    const changed = await setAddress('https://github.com/plum/plum', root);
    expect(changed).toEqual(['package.json', 'packages/a/README.md']);
    expect(addressOf(root)).toBe('https://github.com/plum/plum');
    expect(readFileSync(join(root, 'packages/a/README.md'), 'utf8')).toBe(
      '[docs](https://github.com/plum/plum/blob/main/docs/a.md), [other](https://x.dev/)\n',
    );
    await expect(setAddress('git+https://github.com/plum/plum.git', root)).rejects.toThrow(
      'The address must be like https://github.com/<owner>/<name>, got "git+https',
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

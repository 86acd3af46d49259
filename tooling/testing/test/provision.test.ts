import { expect, test, vi } from 'vitest';
import { provide } from '../src/index.ts';

test('a program on PATH is taken as it is', async () => {
  expect(await provide({ name: 'sh', packages: ['dash'] })).toMatchObject({ env: {} });
});

test('where neither PATH nor Debian has a program, the error says what to install', async () => {
  vi.stubEnv('PATH', '/nowhere');
  try {
    await expect(provide({ name: 'pearmill', packages: ['pear-mill'] })).rejects.toThrow(
      /pearmill is neither on PATH .* apt-get install pear-mill/,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});

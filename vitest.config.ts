import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their TypeScript sources: a test needs no build.
const leftovers = fileURLToPath(new URL('tooling/testing/src/leftovers.ts', import.meta.url));
const ssr = { resolve: { conditions: ['@map/source', 'node'] } };

export default defineConfig({
  test: {
    // The many processes that tests start read the sources compiled once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', import.meta.url)) },
    // Many tests wait for processes they started: more files than cores keep the cores busy.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    reporters: process.env['MAP_COUNT_TESTS']
      ? ['default', './tooling/testing/src/count-reporter.ts']
      : ['default'],
    projects: [
      {
        // One process for many files: a test leaves no state behind (secrets, policies, singletons).
        ssr,
        test: {
          name: 'unit',
          isolate: false,
          setupFiles: [leftovers],
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: ['{packages,tooling}/*/test/**/*.test.ts'],
          exclude: ['**/test/{integration,faults}/**', '**/node_modules/**'],
        },
      },
      {
        // Real servers and real processes: slower, and patient on a busy machine.
        ssr,
        test: {
          name: 'integration',
          isolate: false,
          setupFiles: [leftovers],
          include: ['{packages,tooling}/*/test/integration/**/*.test.ts'],
          expect: { poll: { timeout: 30_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Outages, topologies and killed processes: minutes, so not part of `pnpm test`.
        ssr,
        test: {
          name: 'faults',
          include: ['{packages,tooling}/*/test/faults/**/*.test.ts'],
          expect: { poll: { timeout: 60_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      reporter: ['text', 'json-summary'],
    },
  },
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their TypeScript sources: a test needs no build.
const ssr = { resolve: { conditions: ['@map/source', 'node'] } };

export default defineConfig({
  test: {
    // The many processes that tests start read the sources compiled once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', import.meta.url)) },
    // Left to itself, vitest keeps one core free.
    maxWorkers: '100%',
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
          include: ['{packages,tooling}/*/test/integration/**/*.test.ts'],
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

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../fixtures/hostile-calls.ts', import.meta.url));

/** Runs the calls in a process and a folder that may be spoilt. */
async function wrongCalls(modules: readonly string[]): Promise<unknown> {
  const cwd = mkdtempSync(join(tmpdir(), 'map-hostile-'));
  try {
    const child = spawn(process.execPath, ['--conditions=@map/source', script, ...modules], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const report = child.stdio[3];
    if (report === null || report === undefined || !('read' in report)) throw new Error('no pipe');
    const [lines, complaints] = await Promise.all([
      text(report),
      text(child.stderr as Readable),
      once(child, 'exit'),
    ]);
    if (lines === '') throw new Error(complaints.slice(-1000));
    return JSON.parse(lines);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

test.each([
  [['@map/redaction', '@map/errors', '@map/errors/core', '@map/errors/retry', '@map/lifecycle']],
  [['@map/settings', '@map/settings/generate']],
  [['@map/connections', '@map/connections/sync']],
  [['@map/logger', '@map/logger/winston', '@map/logger/otel']],
  [['@map/metrics', '@map/metrics/http', '@map/metrics/llm', '@map/metrics/otel']],
  [['@map/metrics/dashboards']],
  [['@map/metrics/prices', '@map/metrics/ai-sdk', '@map/metrics/openai-agents']],
  [['@map/metrics/langchain', '@map/metrics/workers']],
  [['@map/config', '@map/config/http', '@map/config/mcp', '@map/config/nest']],
  [['@map/config/bullmq', '@map/config/bullmq-telemetry']],
])('every export of %j answers nonsense with a result or its own error', async (modules) => {
  expect(await wrongCalls(modules)).toEqual([]);
});

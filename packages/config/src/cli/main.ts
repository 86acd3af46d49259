#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { processOutput } from './output.ts';
import { runCommandLine } from './run.ts';

const words = process.argv.slice(2);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closes the pipe early, such as `head`, is not an error.
  if (error.code === 'EPIPE') return;
  process.stderr.write(`map-config: The output cannot be written: ${error.message}.\n`);
  process.exit(1);
});
// Nothing is left to report it to; the exit code still tells the result.
process.stderr.on('error', () => undefined);

if (words.some((word) => /\.m?ts$/.test(word)) && !process.features.typescript) {
  // Node 22 before 22.18 loads TypeScript modules only with this flag.
  const flags = [...process.execArgv, '--experimental-strip-types', '--no-warnings'];
  const { status } = spawnSync(process.execPath, [...flags, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} else {
  void runCommandLine(words, processOutput()).then((exitCode) => {
    process.exitCode = exitCode;
  });
}

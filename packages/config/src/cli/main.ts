#!/usr/bin/env node
import { processOutput } from './output.ts';
import { runCommandLine } from './run.ts';

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void runCommandLine(process.argv.slice(2), processOutput()).then((exitCode) => {
  process.exitCode = exitCode;
});

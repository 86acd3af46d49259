import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadSettings } from '../../src/index.ts';
import { folder } from '../temporary-folder.ts';

function pipeIn(directory: string, name: string): string {
  const path = join(directory, name);
  execFileSync('mkfifo', [path]);
  return path;
}

/** Starts a process that writes to a pipe as soon as someone reads, `chunks` apart in time. */
async function writerOf(path: string, script: string): Promise<void> {
  const child = spawn('sh', ['-c', `echo ready; { ${script}; } > "$0"`, path]);
  onTestFinished(() => {
    child.kill();
  });
  await once(child.stdout, 'data');
}

test('a .env that is a named pipe is read to its end, as 1Password serves it', async () => {
  const directory = folder();
  await writerOf(
    pipeIn(directory, '.env'),
    "printf 'APP_NAME=from '; sleep 0.2; printf 'a pipe\\nOPENAI_API_KEY=sk-1'",
  );
  const settings = loadSettings({ env: {}, directory });
  expect(settings.APP_NAME).toBe('from a pipe');
  expect(settings.OPENAI_API_KEY.reveal()).toBe('sk-1');
});

test('a writer that is slow to begin is waited for', async () => {
  const directory = folder();
  await writerOf(pipeIn(directory, '.env'), 'sleep 0.5; echo APP_NAME=late');
  expect(loadSettings({ env: {}, directory }).APP_NAME).toBe('late');
});

test('a secret may come from a pipe', async () => {
  const directory = folder();
  const path = pipeIn(directory, 'key');
  await writerOf(path, 'echo sk-2');
  const env = { OPENAI_API_KEY_FILE: path };
  expect(loadSettings({ env, envFiles: [] }).OPENAI_API_KEY.reveal()).toBe('sk-2');
});

test('a pipe without a writer does not hang the start', () => {
  const directory = folder();
  const env = { OPENAI_API_KEY_FILE: pipeIn(directory, 'key') };
  expect(() => loadSettings({ env, envFiles: [] })).toThrow(
    /OPENAI_API_KEY .*key cannot be used: nothing was written to it within 2 s/,
  );
});

test('a writer that never closes the pipe is named as the reason', {
  timeout: 60_000,
}, async () => {
  const path = pipeIn(folder(), 'key');
  await writerOf(path, 'echo sk-3; exec sleep 300');
  const env = { OPENAI_API_KEY_FILE: path };
  expect(() => loadSettings({ env, envFiles: [] })).toThrow('its writer did not close it within');
});

test.runIf(existsSync('/proc/kmsg'))('the log of the kernel does not hang the start', () => {
  const env = { OPENAI_API_KEY_FILE: '/proc/kmsg' };
  expect(() => loadSettings({ env, envFiles: [] })).toThrow('OPENAI_API_KEY');
});

test('/dev/null in the place of a file is empty, as a container hides one', () => {
  const directory = folder();
  symlinkSync('/dev/null', join(directory, '.env'));
  expect(loadSettings({ env: {}, directory }).WORKER_COUNT).toBe(4);
  const env = { OPENAI_API_KEY_FILE: '/dev/null' };
  expect(loadSettings({ env, envFiles: [] }).OPENAI_API_KEY.isSet).toBe(false);
});

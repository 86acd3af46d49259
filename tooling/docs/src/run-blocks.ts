import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@map-tooling/testing';
import { type PageBlock, repository } from './pages.ts';
import { startProvider } from './provider.ts';

/** How a block fared. */
export interface Outcome {
  exitCode: number | null;
  /** Its output, of both streams. */
  output: string;
}

const limitMs = 120_000;

/**
 * Writes each block to a separate file, in a folder from which packages are found.
 *
 * @param blocks - the blocks
 * @param folder - emptied first
 * @returns the file of each block, in order
 */
export async function writeBlocks(blocks: PageBlock[], folder: string): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const { page, line, code } of blocks) {
    const file = join(folder, `${page.replace(/\.md$/, '').replaceAll(/\W+/g, '-')}-${line}.ts`);
    // Blank lines before it: a compiler's complaint names the page's own line.
    await writeFile(file, `${'\n'.repeat(line - 1)}${code}\nexport {};\n`);
    files.push(file);
  }
  return files;
}

/**
 * Type-checks block files as one program, against the packages' sources.
 *
 * @param folder - where the files are
 * @returns the compiler's complaints; empty if it accepts everything
 */
export async function checkBlocks(folder: string): Promise<string> {
  const tsconfig = join(folder, 'tsconfig.json');
  const options = {
    // The declarations that users have, not the sources.
    customConditions: [],
    noPropertyAccessFromIndexSignature: false,
    noUncheckedIndexedAccess: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  await writeFile(
    tsconfig,
    JSON.stringify({
      extends: join(repository, 'tooling/tsconfig/check.json'),
      compilerOptions: options,
      include: ['*.ts'],
    }),
  );
  const tsc = join(repository, 'node_modules/.bin/tsc');
  const { output } = await execute(tsc, ['-p', tsconfig, '--pretty', 'false'], { cwd: folder });
  return output.trim();
}

/**
 * Builds the packages, which costs a second where they are built, so that blocks run as they do for
 * users.
 *
 * @throws Error with the output of the build that failed
 */
export async function buildPackages(): Promise<void> {
  const turbo = join(repository, 'node_modules/.bin/turbo');
  const args = ['run', 'build', '--output-logs=errors-only'];
  const { exitCode, output } = await execute(turbo, args, { cwd: repository });
  if (exitCode !== 0) throw new Error(output);
}

/**
 * Runs block files, each in a process and a separate empty folder, two at a time, with a private
 * Redis at REDIS_URL and a local model provider in the place of OpenAI. The packages must be built.
 *
 * @param files - the files
 * @returns how each fared, by file
 */
export async function runBlocks(files: string[]): Promise<Map<string, Outcome>> {
  await using redis = await startRedis();
  await using provider = await startProvider();
  const outcomes = new Map<string, Outcome>();
  const queue = [...files];
  const lane = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      outcomes.set(file, await runBlock(file, redis.url, provider.url));
    }
  };
  await Promise.all([lane(), lane()]);
  return outcomes;
}

async function runBlock(file: string, redisUrl: string, providerUrl: string): Promise<Outcome> {
  const cwd = await mkdtemp(join(tmpdir(), 'map-docs-'));
  try {
    return await execute(process.execPath, ['--no-warnings', file], {
      cwd,
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
        HOME: cwd,
        REDIS_URL: redisUrl,
        // Blocks run beside each other, so loading the library alone may take seconds.
        REDIS_CONNECT_TIMEOUT: '60s',
        REDIS_COMMAND_TIMEOUT: '60s',
        REDIS_ACQUIRE_TIMEOUT: '60s',
        METRICS_PORT: '0',
        OPENAI_API_KEY: 'sk-of-the-local-provider',
        LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL: providerUrl,
      },
    });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function execute(
  command: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      if (signal) output += `\nended by ${signal} after ${limitMs} ms: the block does not end`;
      resolve({ exitCode, output });
    });
  });
}

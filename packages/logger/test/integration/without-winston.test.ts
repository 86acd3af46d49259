import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../../', import.meta.url));
let folder: string;

/** Runs a program in a copy of the package, which finds @map/redaction and no other package. */
function run(program: string): { status: number | null; lines: string[]; errors: string } {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const args = ['--no-warnings', '--conditions=@map/source', file];
  // Package managers give the programs that they start further folders of packages.
  const env = { ...process.env, NODE_PATH: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  return { status, lines: stdout.trim().split('\n'), errors: stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logger-alone-'));
  cpSync(join(packages, 'logger/src'), join(folder, 'src'), { recursive: true });
  cpSync(join(packages, 'logger/package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'node_modules/@map'), { recursive: true });
  symlinkSync(join(packages, 'redaction'), join(folder, 'node_modules/@map/redaction'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('logs, with transports and formats of the program’s own, where winston is not installed', () => {
  const { status, lines, errors } = run(`
    import { setupLogging } from '@map/logger';
    const transport = { log: (info, next) => { console.log('T ' + info.message); next(); } };
    const format = { transform: (info) => ({ ...info, [Symbol.for('message')]: 'F ' + info.message }) };
    setupLogging({ format, transports: [transport] }).info('Alone');
  `);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  expect(lines.sort()).toEqual(['F Alone', 'T Alone']);
});

it('names the package that toWinston needs, and how to install it', () => {
  const { status, lines, errors } = run(`
    import { getLogger } from '@map/logger';
    import { toWinston } from '@map/logger/winston';
    try {
      toWinston(getLogger('x'));
    } catch ({ code, message, cause }) {
      console.log(code + '\\n' + message + '\\n' + cause.code);
    }
  `);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  expect(lines).toEqual([
    'LOGGING_WINSTON_MISSING',
    'toWinston() needs the package winston. Install it: npm install winston.',
    'MODULE_NOT_FOUND',
  ]);
});

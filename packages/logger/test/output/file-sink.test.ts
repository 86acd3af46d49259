import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  closeLogging,
  getLogger,
  getLoggingStats,
  type LogEntry,
  reopenLogFiles,
  setupLogging,
} from '../../src/index.ts';
import { FileSink } from '../../src/output/file-sink.ts';
import type { SinkTrouble } from '../../src/output/sink.ts';

let folder: string;
let path: string;
const logger = getLogger('test');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logger-file-'));
  path = join(folder, 'app.log');
});
afterEach(async () => {
  await closeLogging();
  rmSync(folder, { recursive: true });
});

function entries(file: string): LogEntry[] {
  const text = readFileSync(file, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function messages(file: string): string[] {
  return entries(file).map((entry) => entry.message);
}

describe('a log file', () => {
  it('is appended to, its folder made when missing', async () => {
    const deep = join(folder, 'a', 'b', 'app.log');
    setupLogging({ console: false, file: deep });
    logger.info('first');
    await closeLogging();
    setupLogging({ console: false, file: { path: deep } });
    logger.info('second');
    await closeLogging();
    expect(messages(deep)).toEqual(['first', 'second']);
  });

  it('has the lines of a tick at its end, or each at once', async () => {
    setupLogging({ console: false, file: path });
    logger.info('tick');
    expect(entries(path)).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(messages(path)).toEqual(['tick']);
    setupLogging({ console: false, file: path, buffering: 'line' });
    logger.info('line');
    expect(messages(path)).toEqual(['tick', 'line']);
  });

  it('has its own level and format', async () => {
    const file = { path, level: 'ERROR', format: 'text' } as const;
    setupLogging({ console: false, level: 'DEBUG', file, caller: 'never' });
    logger.info('not here').error('here');
    await closeLogging();
    expect(readFileSync(path, 'utf8')).toMatch(
      /^[\d: .-]{23} ERROR {4}test {17}here trace_id=\w+\n$/,
    );
  });

  it('is opened again when asked, as after logrotate', async () => {
    setupLogging({ console: false, file: path, buffering: 'line' });
    logger.info('old');
    renameSync(path, `${path}.1`);
    logger.info('still old');
    reopenLogFiles();
    logger.info('new');
    expect(messages(`${path}.1`)).toEqual(['old', 'still old']);
    expect(messages(path)).toEqual(['new']);
  });

  it('holds lines of any size', async () => {
    setupLogging({ console: false, file: path });
    for (let index = 0; index < 50; index += 1) logger.info('ü€😀'.repeat(index * 100), { index });
    await closeLogging();
    expect(entries(path).map((entry) => entry['index'])).toEqual([...Array(50).keys()]);
  });
});

describe('rotation', () => {
  it('by size moves full files aside and loses nothing', { timeout: 60_000 }, async () => {
    setupLogging({ console: false, file: { path, rotate: { sizeBytes: 5000 } } });
    const rotated = (): string[] =>
      readdirSync(folder).filter((name) => /^app\.\d{4}-\d\d-\d\d\.\d+\.log$/.test(name));
    let count = 0;
    while (rotated().length < 5) {
      for (const end = count + 10; count < end; count += 1) logger.info(`line ${count}`);
      await sleep(1);
    }
    await closeLogging();
    const all = [...rotated(), 'app.log'].flatMap((name) =>
      existsSync(join(folder, name)) ? messages(join(folder, name)) : [],
    );
    expect(all.sort(natural)).toEqual(Array.from({ length: count }, (_, index) => `line ${index}`));
  });

  it('by day puts yesterday’s file aside under its day', async () => {
    writeFileSync(path, '{"message":"yesterday"}\n');
    utimesSync(path, new Date('2025-04-28T10:00:00Z'), new Date('2025-04-28T10:00:00Z'));
    setupLogging({ console: false, file: { path, rotate: { daily: true } } });
    logger.info('today');
    await closeLogging();
    expect(messages(join(folder, 'app.2025-04-28.1.log'))).toEqual(['yesterday']);
    expect(messages(path)).toEqual(['today']);
  });

  it('keeps as many as it should, compressed', async () => {
    const trouble: SinkTrouble = { rescue: () => false, warn: () => {}, recovered: () => {} };
    const sink = new FileSink(path, 'line', { sizeBytes: 10, keep: 2, compress: true }, trouble);
    for (let index = 0; index < 6; index += 1) {
      sink.write(`{"message":"line ${index}"}\n`);
      await sink.flush(10_000);
    }
    sink.close();
    const files = readdirSync(folder).filter((name) => name.endsWith('.gz'));
    const texts = files.sort(natural).map((name) => gunzipSync(readFileSync(join(folder, name))));
    expect(texts.map(String)).toEqual(['{"message":"line 3"}\n', '{"message":"line 4"}\n']);
    expect(messages(path)).toEqual(['line 5']);
  });

  it('continues at once in a new file, and what a process left in its midst is finished', async () => {
    const trouble: SinkTrouble = { rescue: () => false, warn: () => {}, recovered: () => {} };
    const sink = new FileSink(path, 'line', { sizeBytes: 10, compress: true }, trouble);
    sink.write('more than ten bytes\n');
    sink.write('while it rotates\n');
    expect(readFileSync(path, 'utf8')).toBe('while it rotates\n');
    await sink.flush(10_000);
    sink.close();
    writeFileSync(`${path}.rotating`, 'left behind\n');
    const next = new FileSink(path, 'line', { sizeBytes: 1000, compress: true }, trouble);
    await next.flush(10_000);
    next.close();
    const names = readdirSync(folder).sort(natural);
    expect(names).toEqual([
      expect.stringMatching(/\.1\.log\.gz$/),
      expect.stringMatching(/\.2\.log\.gz$/),
      'app.log',
    ]);
    const texts = names.slice(0, 2).map((name) => gunzipSync(readFileSync(join(folder, name))));
    expect(texts.map(String)).toEqual(['more than ten bytes\n', 'left behind\n']);
  });

  it('in progress is not started again by a new set-up of the same file', {
    timeout: 60_000,
  }, async () => {
    const big = `${randomBytes(4_000_000).toString('hex')}\n`;
    writeFileSync(path, big);
    const file = { path, rotate: { sizeBytes: 1_000_000, compress: true } };
    const packed = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.gz'));
    setupLogging({ console: false, file, buffering: 'line' });
    logger.info('first');
    // The file is being compressed.
    await vi.waitUntil(() => packed().length > 0, { interval: 1, timeout: 30_000 });
    setupLogging({ console: false, file, buffering: 'line' });
    logger.info('second');
    await closeLogging();
    expect(packed()).toHaveLength(1);
    const text = gunzipSync(readFileSync(join(folder, packed()[0] ?? ''))).toString();
    expect(text === big).toBe(true);
    expect(messages(path)).toEqual(['first', 'second']);
  });
});

describe('a file that cannot be written', () => {
  it('does no harm: lines continue elsewhere, and back when it can be', async () => {
    // A folder where the file should be: even root cannot open that.
    const { sink, rescued, warnings, recovered } = troubled(() => mkdirSync(path));
    sink.write('lost place\n');
    expect(sink.healthy).toBe(false);
    expect(warnings).toEqual([
      expect.stringMatching(/^log file .*app\.log cannot be written: EISDIR/),
    ]);
    rmSync(path, { recursive: true });
    await sleep(1050);
    sink.write('back\n');
    expect(sink.healthy).toBe(true);
    expect(rescued).toEqual(['lost place\n']);
    expect(recovered).toEqual([1]);
    expect(readFileSync(path, 'utf8')).toBe('back\n');
    expect(warnings).toHaveLength(1);
    sink.close();
  });

  it('counts lines that no output could take', () => {
    const trouble: SinkTrouble = { rescue: () => false, warn: () => {}, recovered: () => {} };
    const sink = new FileSink('/dev/full', 'line', undefined, trouble);
    for (let index = 0; index < 1000; index += 1) sink.write('a line\n');
    expect(sink.dropped).toBe(1000);
    sink.close();
  });

  it('does not keep a set-up from being made where it is out of reach', () => {
    const far = join(folder, 'x'.repeat(300));
    setupLogging({ console: 'stderr', level: 'OFF', file: far });
    expect(getLoggingStats()).toMatchObject([{ name: 'stderr' }, { name: far, healthy: false }]);
  });

  it('is named for what it is', async () => {
    const server = createServer().listen(path);
    await once(server, 'listening');
    expect(troubled(() => undefined).warnings).toEqual([
      `log file ${path} cannot be written: it is a socket`,
    ]);
    await new Promise((resolve) => server.close(resolve));
    const pipe = troubled(() => execFileSync('mkfifo', [path]));
    expect(pipe.warnings).toEqual([
      `log file ${path} cannot be written: it is a named pipe without a reader`,
    ]);
  });

  it('is not rotated if it is a named pipe or a device', async () => {
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    for (const target of [path, '/dev/null']) {
      setupLogging({ console: false, file: { path: target, rotate: { sizeBytes: 50 } } });
      for (let i = 0; i < 5; i += 1) {
        logger.info('a line');
        await sleep(1);
      }
      expect(statSync(target).isFile()).toBe(false);
      expect(getLoggingStats()).toMatchObject([{ name: target, healthy: true }]);
      await closeLogging();
    }
    closeSync(reader);
  });

  it('is seen in the figures', () => {
    setupLogging({ console: 'stderr', level: 'OFF', file: { path: '/dev/full', level: 'TRACE' } });
    expect(getLoggingStats()).toMatchObject([
      { name: 'stderr' },
      { name: '/dev/full', healthy: true },
    ]);
  });

  function troubled(prepare: () => void): {
    sink: FileSink;
    rescued: string[];
    warnings: string[];
    recovered: number[];
  } {
    const rescued: string[] = [];
    const warnings: string[] = [];
    const recovered: number[] = [];
    prepare();
    const sink = new FileSink(path, 'line', undefined, {
      rescue: (_, lines) => rescued.push(lines) > 0,
      warn: (_, message) => warnings.push(message),
      recovered: (_, missed) => recovered.push(missed),
    });
    return { sink, rescued, warnings, recovered };
  }

  it('lets a file grow that another process appends to', async () => {
    setupLogging({ console: false, file: path, buffering: 'line' });
    logger.info('ours');
    appendFileSync(path, '{"message":"theirs"}\n');
    logger.info('ours again');
    expect(messages(path)).toEqual(['ours', 'theirs', 'ours again']);
  });
});

function natural(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

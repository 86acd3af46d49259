import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CapturedLogs,
  captureLogs,
  closeLogging,
  getLogger,
  setupLogging,
} from '../../src/index.ts';

let logs: CapturedLogs;
const logger = getLogger('test');
const realNow = Date.now;

beforeEach(() => {
  setupLogging({ console: false, caller: 'never' });
  logs = captureLogs();
});
afterEach(() => {
  logs.stop();
  Date.now = realNow;
  vi.useRealTimers();
});

/** The time of the line written now, in milliseconds. */
function stamp(): number {
  logger.info('m');
  return Date.parse(logs.entries.at(-1)?.timestamp ?? '');
}

describe('the time of a line', () => {
  it.each([
    ['an hour back', -3_600_000],
    ['two seconds back', -2000],
    ['a day forward', 86_400_000],
  ])('follows the system’s clock at once when it is set: %s', (_, stepMs) => {
    stamp();
    Date.now = () => realNow() + stepMs;
    const [first, second] = [stamp(), stamp()];
    expect(Math.abs(first - (realNow() + stepMs))).toBeLessThan(1000);
    expect(second).toBeGreaterThanOrEqual(first);
  });

  it.each([8e15, -8e15])('is valid in a year of six digits: %s', (time) => {
    Date.now = () => time;
    expect(Math.abs(stamp() - time)).toBeLessThan(1000);
  });

  it('does not run backwards at a small correction, and continues after it', async () => {
    const before = stamp();
    Date.now = () => realNow() - 50;
    expect(stamp()).toBeGreaterThanOrEqual(before);
    await vi.waitUntil(() => stamp() > before, 20_000);
  });

  it('is that of fake timers, in either order', () => {
    vi.useFakeTimers({ now: 0 });
    expect(stamp()).toBe(0);
    vi.setSystemTime(1_000_000);
    expect(stamp()).toBe(1_000_000);
    vi.setSystemTime(5_000);
    expect(stamp()).toBe(5_000);
  });
});

describe('under fake timers', () => {
  it('a file gets every line at the end of its tick', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logger-clock-'));
    const path = join(folder, 'app.log');
    logs.stop();
    setupLogging({ console: false, file: path });
    const realImmediate = setImmediate;
    vi.useFakeTimers();
    for (let turn = 0; turn < 5; turn += 1) {
      logger.info('line', { turn });
      await new Promise((resolve) => realImmediate(resolve));
      const lines = readFileSync(path, 'utf8').trim().split('\n');
      expect(lines).toHaveLength(turn + 1);
    }
    vi.useRealTimers();
    await closeLogging();
    rmSync(folder, { recursive: true });
  });
});

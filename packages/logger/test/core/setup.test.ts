import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import winston from 'winston';
import {
  captureLogs,
  closeLogging,
  getLogger,
  getLoggingStats,
  setupLogging,
} from '../../src/index.ts';

afterEach(() => closeLogging({ timeoutMs: 50 }));

const NAMES: readonly { name: unknown }[] = [
  { name: 5 },
  { name: null },
  { name: Symbol('s') },
  { name: {} },
  { name: { toString: 5 } },
];

function streamTransport(): winston.transport {
  return new winston.transports.Stream({ stream: new PassThrough().resume() });
}

describe('closeLogging', () => {
  it('leaves a set-up alone that is made meanwhile', async () => {
    setupLogging({ console: false });
    const closing = closeLogging();
    setupLogging({ console: 'stderr', level: 'WARNING' });
    await closing;
    expect(getLoggingStats()).toMatchObject([{ name: 'stderr' }]);
    expect(getLogger('x').isInfoEnabled()).toBe(false);
  });

  it('may be called twice at once, and again', async () => {
    setupLogging({ console: false, transports: [streamTransport()] });
    await Promise.all([closeLogging(), closeLogging()]);
    await closeLogging();
    expect(getLoggingStats()).toMatchObject([{ name: 'stdout' }]);
  });

  it('closes the others when the end of one transport throws', async () => {
    const broken = streamTransport();
    broken.end = () => {
      throw new Error('end');
    };
    const whole = streamTransport();
    let ended = false;
    whole.on('finish', () => {
      ended = true;
    });
    setupLogging({ console: false, transports: [broken, whole] });
    await closeLogging();
    expect(ended).toBe(true);
    expect(getLoggingStats()).toMatchObject([{ name: 'stdout' }]);
  });
});

describe('getLogger', () => {
  it.each(NAMES)('takes any name: %o', ({ name }) => {
    const logs = captureLogs();
    getLogger(name as never).info('m');
    logs.stop();
    expect(logs.entries).toMatchObject([{ message: 'm', name: expect.any(String) }]);
  });
});

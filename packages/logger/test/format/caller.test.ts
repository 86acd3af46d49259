import { afterEach, describe, expect, it } from 'vitest';
import { type CapturedLogs, captureLogs, getLogger, setupLogging } from '../../src/index.ts';

let logs: CapturedLogs;
const { prepareStackTrace, stackTraceLimit } = Error;

function capture(): void {
  setupLogging({ console: false, caller: 'always' });
  logs = captureLogs();
}

afterEach(() => logs.stop());

describe('the caller of a line', () => {
  it('is found whatever the program set for its own stacks, which stays', () => {
    capture();
    const own = (): never => {
      throw new Error('own');
    };
    Error.prepareStackTrace = own;
    Error.stackTraceLimit = 0;
    getLogger('x').info('m');
    const after = { prepare: Error.prepareStackTrace, limit: Error.stackTraceLimit };
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
    expect(after).toEqual({ prepare: own, limit: 0 });
    expect(logs.entries).toMatchObject([{ module: 'caller.test', lineno: expect.any(Number) }]);
  });

  it('is left out, and the line is whole, where Error cannot be changed', () => {
    capture();
    Object.defineProperty(Error, 'stackTraceLimit', { writable: false });
    getLogger('x').info('m', { a: 1 });
    Object.defineProperty(Error, 'stackTraceLimit', { writable: true });
    expect(logs.entries).toMatchObject([{ message: 'm', a: 1 }]);
    expect(logs.entries[0]).not.toHaveProperty('lineno');
  });
});

describe('a value that logs while it is read', () => {
  it('puts no name twice into the line around it', () => {
    capture();
    const logger = getLogger('x').child({ a: 'bound' });
    const value = {
      toJSON(): string {
        getLogger('inner').info('read', { a: 'inner' });
        return 'v';
      },
    };
    logger.info('outer', { a: 'call', value });
    const line = logs.lines.at(-1) ?? '';
    expect(line.match(/"a":/g)).toHaveLength(1);
    expect(logs.entries.at(-1)).toMatchObject({ message: 'outer', a: 'call', value: 'v' });
  });
});

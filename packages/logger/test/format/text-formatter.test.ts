import { afterEach, describe, expect, it } from 'vitest';
import { wantsColor } from '../../src/format/color.ts';
import {
  captureLogs,
  getLogger,
  type LogEntry,
  setupLogging,
  TextFormatter,
} from '../../src/index.ts';

const plain = new TextFormatter();

function entryOf(write: () => unknown): LogEntry {
  setupLogging({ caller: 'never' });
  const logs = captureLogs();
  write();
  logs.stop();
  return logs.entries[0] as LogEntry;
}

afterEach(() => setupLogging({ console: false }));

describe('text', () => {
  it('is aligned, with fields behind the message', () => {
    const text = plain.format({
      timestamp: '2025-04-29T12:34:56.789012Z',
      level: 'INFO',
      name: 'map.agents',
      message: 'Agent ready',
      trace_id: 't-1',
      agent_id: 'agent 7',
      limits: { tokens: 5 },
    });
    expect(text).toBe(
      '2025-04-29 12:34:56.789 INFO     map.agents           Agent ready' +
        ' trace_id=t-1 agent_id="agent 7" limits={"tokens":5}',
    );
  });

  it('shows the frames of an error that logged itself below the line', () => {
    const text = plain.format({
      timestamp: '2025-04-29T12:34:56.789012Z',
      level: 'ERROR',
      name: 'map.work',
      message: 'bug',
      trace_id: 't-1',
      error_code: 'TASK_ERROR_7000',
      stack: 'TaskError: bug\n    at run (a.ts:1:2)\n    at b.ts:3:4',
      original_stack: '    at c.ts:5:6',
    });
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/ bug trace_id=t-1 error_code=TASK_ERROR_7000$/),
      '  stack:',
      '    at run (a.ts:1:2)',
      '    at b.ts:3:4',
      '  original_stack:',
      '    at c.ts:5:6',
    ]);
    expect(plain.format({ ...entryOf(() => getLogger('a').info('x')), stack: 'cards' })).toMatch(
      / stack=cards$/,
    );
  });

  it('says where it was written', () => {
    const entry = entryOf(() =>
      getLogger('n').info('m', { module: 'a', function: 'f', lineno: 7 }),
    );
    expect(plain.format(entry)).toMatch(/ \(a\.f:7\)$/);
  });

  it('has errors below, with stacks, causes and members', () => {
    const cause = Object.assign(new Error('socket closed'), { code: 'ECONNRESET', port: 6379 });
    const error = new AggregateError([new TypeError('one')], 'both', { cause });
    const text = plain.format(entryOf(() => getLogger('n').error('Failed', error)));
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/Failed trace_id=\w+$/);
    expect(lines[1]).toBe('  error: AggregateError: both');
    expect(lines[2]).toMatch(/^ {4}at .*text-formatter\.test\.ts/);
    expect(lines).toContain('  caused by: Error [ECONNRESET]: socket closed');
    expect(lines).toContain('  error: AggregateError: both');
    expect(lines).toContain('    [0]: TypeError: one');
  });

  it('shows the list in the message of an error that logs itself below its line', () => {
    const stack = 'Error: 2 wrong\n    at start (app.ts:1:2)';
    const entry = entryOf(() =>
      getLogger('n').warn('2 wrong:\n- A\r\n2025 INFO forged', { stack }),
    );
    const [first, ...others] = plain.format(entry).split('\n');
    expect(first).toMatch(/ 2 wrong: trace_id=/);
    const frame = '    at start (app.ts:1:2)';
    expect(others).toEqual(['    - A\\r', '    2025 INFO forged', '  stack:', frame]);
  });

  it('cannot be used to forge a line or to speak to the terminal', () => {
    const evil = 'x\n2025 INFO forged\r\u001b[2J\u2028\u0085\u202e\u0000';
    const text = plain.format(
      entryOf(() => getLogger(evil).info(evil, { [evil]: evil, error: new Error(evil) })),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test checks that no control character is left
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(text).not.toMatch(/^2025 INFO forged/m);
    expect(text).toContain('x\\n2025 INFO forged\\r\\u001b[2J\\u2028\\u0085\\u202e\\u0000');
  });

  it('has names in quotes that could be taken for more', () => {
    const entry = entryOf(() => getLogger('n').info('m', { 'a=1 trace_id': 'x', 'b\u061c': 2 }));
    expect(plain.format(entry)).toMatch(/ "a=1 trace_id"=x "b\\u061c"=2$/);
  });

  it('has colours when asked for', () => {
    const entry = entryOf(() => getLogger('n').error('m'));
    expect(new TextFormatter({ color: true }).format(entry)).toContain(
      '\u001b[31mERROR   \u001b[0m',
    );
    expect(plain.format(entry)).not.toContain('\u001b');
  });
});

describe('colour', () => {
  it.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
  ])('follows %j', (env, expected) => {
    expect(wantsColor(1, env)).toBe(expected);
  });

  it('is not for a descriptor that is not a terminal, or closed', () => {
    expect(wantsColor(9999, {})).toBe(false);
  });
});

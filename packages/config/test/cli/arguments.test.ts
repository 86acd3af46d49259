import { isBaseError } from '@map/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS, helpText, parseCommandLine } from '../../src/cli/arguments.ts';

test('every command is understood', () => {
  for (const name of Object.keys(COMMANDS)) {
    const operands = name === 'explain' ? ['REDIS_URL'] : [];
    expect(parseCommandLine([name, ...operands])).toMatchObject({ command: name, operands });
    expect(helpText()).toContain(name);
  }
});

test('options may stand anywhere', () => {
  const line = parseCommandLine(['--json', 'doctor', '--settings=./s.ts', '--timeout-ms', '50']);
  expect(line).toEqual({
    command: 'doctor',
    operands: [],
    json: true,
    pythonEnv: false,
    changed: false,
    settings: './s.ts',
    timeoutMs: 50,
    budgetUsd: undefined,
  });
});

test('no word, help and -h are help; -v is version', () => {
  expect(parseCommandLine([]).command).toBe('help');
  expect(parseCommandLine(['help']).command).toBe('help');
  expect(parseCommandLine(['check', '-h']).command).toBe('help');
  expect(parseCommandLine(['-v']).command).toBe('version');
});

describe('wrong words are coded errors that name the remedy', () => {
  test.each([
    [['chekc'], /Unknown command "chekc"\. Did you mean check\? .*check, print/],
    [['__proto__'], /Unknown command/],
    [['check', '--jsno'], /Unknown option '--jsno'\. Did you mean --json\?/],
    [['check', 'extra'], /Unexpected argument "extra"/],
    [['explain'], /requires the name/],
    [['explain', 'A', 'B'], /Unexpected argument "B"/],
    [['doctor', '--timeout-ms', '-5'], /timeout-ms/],
    [['doctor', '--timeout-ms=0'], /whole number from 1/],
    [['doctor', '--timeout-ms=1e3'], /whole number from 1/],
    [['alerts', '--budget-usd=0'], /positive number, got "0"/],
    [['alerts', '--budget-usd=much'], /positive number, got "much"/],
    [['alerts', 'a.json', 'b.json'], /Unexpected argument "b.json"/],
  ])('%j', (words, message) => {
    expect(() => parseCommandLine(words)).toThrow(message);
  });
});

test('any input is a command or a coded error', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      ...Object.keys(COMMANDS),
      '--json',
      '--settings',
      '--timeout-ms',
      '-h',
      '--',
      '=',
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        expect(['help', 'version', ...Object.keys(COMMANDS)]).toContain(
          parseCommandLine(words).command,
        );
      } catch (error) {
        expect(isBaseError(error) && error.code).toBe('BAD_REQUEST_2001');
      }
    }),
  );
});

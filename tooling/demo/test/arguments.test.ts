import { expect, test } from 'vitest';
import { ArgumentsError, parseArguments } from '../src/arguments.ts';

test('nothing given runs every chunk once', () => {
  expect(parseArguments([])).toEqual({ tasks: undefined, seed: 7, serve: false, help: false });
});

test('reads every option, behind a separator too', () => {
  expect(parseArguments(['--', '--tasks', '12', '--seed=3', '--serve', '-h'])).toEqual({
    tasks: 12,
    seed: 3,
    serve: true,
    help: true,
  });
});

test.each([
  [['--tasks', '0'], '--tasks must be a whole number from 1 to 100000, not "0".'],
  [['--tasks', '1e3'], '--tasks must be a whole number from 1 to 100000, not "1e3".'],
  [['--seed', '4294967296'], '--seed must be a whole number from 0 to 4294967295'],
  [['--task', '5'], "Unknown option '--task'. See --help."],
  [['five'], "Unexpected argument 'five'"],
  [['--tasks'], "Option '--tasks <value>' argument missing"],
])('%j is refused with a remedy', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(ArgumentsError);
  expect(() => parseArguments(argv)).toThrow(message);
});

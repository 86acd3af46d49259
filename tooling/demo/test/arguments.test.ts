import { expect, test } from 'vitest';
import { ArgumentsError, parseArguments } from '../src/arguments.ts';

test('nothing given runs every chunk once', () => {
  expect(parseArguments([])).toEqual({
    tasks: undefined,
    seed: 7,
    serve: false,
    processes: 1,
    redis: undefined,
    help: false,
  });
});

test('reads every option, behind a separator too', () => {
  expect(
    parseArguments('-- --tasks=12 --seed=3 --serve --processes 2 --redis private -h'.split(' ')),
  ).toEqual({
    tasks: 12,
    seed: 3,
    serve: true,
    processes: 2,
    redis: 'private',
    help: true,
  });
});

test.each([
  [['--tasks', '0'], '--tasks must be a whole number from 1 to 100000, not "0".'],
  [['--tasks', '1e3'], '--tasks must be a whole number from 1 to 100000, not "1e3".'],
  [['--processes', '0'], '--processes must be a whole number from 1 to 16, not "0".'],
  [['--seed', '4294967296'], '--seed must be a whole number from 0 to 4294967295'],
  [['--redis', 'localhost:6379'], '--redis must be "private" or an address such as redis://loc'],
  [['--redis', 'http://ann:s3cret@h'], '--redis must be "private" or an address such as redis://'],
  [['--task', '5'], "Unknown option '--task'. See --help."],
  [['five'], "Unexpected argument 'five'"],
  [['--tasks'], "Option '--tasks <value>' argument missing"],
])('%j is refused with a remedy', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(ArgumentsError);
  expect(() => parseArguments(argv)).toThrow(message);
});

test('an address of Redis is taken as it is, and not repeated where it is wrong', () => {
  const address = 'rediss://ann:s3cret@redis.example.com:6380/2';
  expect(parseArguments(['--redis', address]).redis).toBe(address);
  expect(() => parseArguments(['--redis', address.slice(7)])).not.toThrow('s3cret');
});

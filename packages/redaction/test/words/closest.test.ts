import { describe, expect, test } from 'vitest';
import { closest } from '../../src/kernel.ts';

const environments = ['development', 'test', 'staging', 'production'];
const levels = ['TRACE', 'DEBUG', 'VERBOSE', 'HTTP', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'OFF'];
const options = ['maxConnections', 'timeoutMs', 'idleTimeoutMs', 'retries', 'tls'];

describe('closest', () => {
  test.each([
    ['prd', environments, 'production'],
    ['prod', environments, 'production'],
    ['prodution', environments, 'production'],
    ['Production1', environments, 'production'],
    ['dvlp', environments, 'development'],
    ['devel', environments, 'development'],
    ['stg', environments, 'staging'],
    ['tst', environments, 'test'],
    ['tests', environments, 'test'],
    ['wrn', levels, 'WARNING'],
    ['err', levels, 'ERROR'],
    ['dbg', levels, 'DEBUG'],
    ['Information', levels, 'INFO'],
    ['crtical', levels, 'CRITICAL'],
    ['of', levels, 'OFF'],
    ['timeout', options, 'timeoutMs'],
    ['max_connections', options, 'maxConnections'],
    ['retrys', options, 'retries'],
    ['TSL', options, 'tls'],
    ['caFile', ['ca', 'cert', 'key'], 'ca'],
  ])('%s means one of the known words', (word, known, meant) => {
    expect(closest(word, known)).toBe(meant);
  });

  test.each([
    ['', environments],
    ['x', environments],
    ['qa', environments],
    ['blue', environments],
    ['banana', levels],
    ['p'.repeat(100_000), environments],
    ['one', ['ones', 'oneself']],
  ])('nothing is guessed', (word, known) => {
    expect(closest(word, known)).toBeUndefined();
  });
});

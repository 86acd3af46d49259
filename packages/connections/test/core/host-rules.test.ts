import { expect, test } from 'vitest';
import { HostRules } from '../../src/core/host-rules.ts';

test('a list like NO_PROXY matches names, domains, addresses, networks and ports', () => {
  const cases: [string[], string, number, boolean][] = [
    [[], 'example.test', 80, false],
    [['*'], 'example.test', 80, true],
    [['*'], '10.0.0.1', 80, true],
    [['example.test'], 'example.test', 80, true],
    [['example.test'], 'api.example.test', 80, true],
    [['example.test'], 'badexample.test', 80, false],
    [['.example.test'], 'api.example.test', 80, true],
    [['*.example.test'], 'a.b.example.test', 80, true],
    [['example.test:8080'], 'example.test', 80, false],
    [['example.test:8080'], 'example.test', 8080, true],
    [[' Example.TEST. '], 'example.test', 443, true],
    [['10.0.0.5'], '10.0.0.5', 80, true],
    [['10.0.0.0/8'], '10.200.3.4', 80, true],
    [['10.0.0.0/8'], '11.0.0.1', 80, false],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', 80, true],
    [['10.0.0.1:8080'], '10.0.0.1', 80, false],
    [['::1'], '::1', 80, true],
    [['[::1]'], '::1', 80, true],
    [['[::1]:8080'], '::1', 8080, true],
    [['[::1]:8080'], '::1', 80, false],
    [['fd00::/8'], 'fd12::1', 443, true],
    [['fd00::/8'], 'example.test', 443, false],
    [['bücher.test'], 'xn--bcher-kva.test', 80, true],
    [['my_host'], 'my_host', 80, true],
  ];
  for (const [list, host, port, expected] of cases) {
    const rules = new HostRules(list, true);
    expect([list, host, rules.matches(host, port)]).toEqual([list, host, expected]);
  }
});

test('a narrow list takes a name for that host and a domain for what is below it', () => {
  const rules = new HostRules(['example.test', '*.tools.test'], false);
  expect(rules.matches('example.test', 80)).toBe(true);
  expect(rules.matches('api.example.test', 80)).toBe(false);
  expect(rules.matches('tools.test', 80)).toBe(false);
  expect(rules.matches('a.tools.test', 80)).toBe(true);
});

test('an entry that cannot be matched is refused by name', () => {
  for (const entry of [
    ...['', ' ', ':80', 'a*b.test', '*.*', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '[::1', '::1]'],
    ...[
      '[10.0.0.1]',
      'host:0',
      'host:65536',
      'host:port',
      'http://host',
      '0.0.5',
      '<local>',
      '10.*',
    ],
  ]) {
    expect(() => new HostRules(['ok.test', entry], true), entry).toThrow(RangeError);
  }
});

import { expect, test } from 'vitest';
import { bypasses } from '../../src/http/proxy.ts';

test('a host goes around the proxy by name, domain, port or all of them', () => {
  const url = new URL('http://proxy.test:3128');
  const cases: [string[], string, number, boolean][] = [
    [[], 'example.test', 80, false],
    [['*'], 'example.test', 80, true],
    [['example.test'], 'example.test', 80, true],
    [['example.test'], 'api.example.test', 80, true],
    [['.example.test'], 'api.example.test', 80, true],
    [['*.example.test'], 'api.example.test', 80, true],
    [['example.test'], 'badexample.test', 80, false],
    [['example.test:8080'], 'example.test', 80, false],
    [['example.test:8080'], 'example.test', 8080, true],
    [['10.0.0.5'], '10.0.0.5', 80, true],
    [['0.0.5'], '10.0.0.5', 80, false],
    [[' Example.TEST '], 'example.test', 443, true],
    [['', ':80'], 'example.test', 80, false],
  ];
  for (const [list, host, port, expected] of cases) {
    expect([list, host, port, bypasses({ url, noProxy: list }, host, port)]).toEqual([
      list,
      host,
      port,
      expected,
    ]);
  }
});

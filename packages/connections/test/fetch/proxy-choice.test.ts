import { expect, test } from 'vitest';
import { HostRules } from '../../src/fetch/host-rules.ts';
import { parseProxy, proxiesFromEnvironment, proxyFor } from '../../src/fetch/proxy-choice.ts';

test('the environment names a proxy for each scheme, and hosts without', () => {
  const proxies = proxiesFromEnvironment({
    HTTP_PROXY: 'http://plain:3128',
    HTTPS_PROXY: 'http://upper:3128',
    https_proxy: 'lower:3129',
    NO_PROXY: 'localhost, .internal ::1,10.0.0.0/8',
  });
  const chosen = (url: string): string | undefined => proxyFor(new URL(url), proxies)?.host;
  expect(chosen('http://example.test/')).toBe('plain:3128');
  expect(chosen('https://example.test/')).toBe('lower:3129');
  expect(chosen('http://localhost:8080/')).toBeUndefined();
  expect(chosen('https://a.internal./')).toBeUndefined();
  expect(chosen('http://[::1]:9/')).toBeUndefined();
  expect(chosen('http://0x0a000001/')).toBeUndefined();
});

test('ALL_PROXY stands in for what is missing, and empty means none', () => {
  const proxies = proxiesFromEnvironment({ ALL_PROXY: 'all:1080', HTTPS_PROXY: '', NO_PROXY: '' });
  expect(proxies.http?.host).toBe('all:1080');
  expect(proxies.https?.host).toBe('all:1080');
  expect(proxiesFromEnvironment({}).http).toBeUndefined();
});

test('what cannot be used is refused without showing a password', () => {
  for (const value of [
    'http://u:hunter2@',
    'socks5://u:hunter2@h:1',
    'http://%E0%A4%A:hunter2@h',
  ]) {
    const attempt = (): unknown => parseProxy('proxy', value);
    expect(attempt).toThrow(TypeError);
    expect(attempt).not.toThrow('hunter2');
  }
  expect(() => proxiesFromEnvironment({ NO_PROXY: 'a*b' })).toThrow('"a*b" is not a host');
});

test('a request without a proxy for its scheme goes directly', () => {
  const proxies = {
    http: undefined,
    https: new URL('http://p:1'),
    noProxy: new HostRules([], true),
  };
  expect(proxyFor(new URL('http://a.test'), proxies)).toBeUndefined();
  expect(proxyFor(new URL('https://a.test'), proxies)?.host).toBe('p:1');
});

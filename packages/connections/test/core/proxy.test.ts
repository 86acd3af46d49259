import { expect, test } from 'vitest';
import { HostRules } from '../../src/core/host-rules.ts';
import { proxyFor } from '../../src/core/proxy.ts';

test('a request goes to the proxy of its scheme, unless its host is listed', () => {
  const noProxy = new HostRules(['localhost', '.internal', '::1', '10.0.0.0/8'], true);
  const https = { url: new URL('http://secure:3129'), noProxy };
  const proxies = { http: { url: new URL('http://plain:3128'), noProxy }, https };
  const chosen = (url: string): string | undefined => proxyFor(new URL(url), proxies)?.host;
  expect(chosen('http://example.test/')).toBe('plain:3128');
  expect(chosen('https://example.test/')).toBe('secure:3129');
  for (const url of [
    ...['http://localhost:8080/', 'https://a.internal./', 'http://[::1]:9/', 'http://0x0a000001/'],
  ]) {
    expect(chosen(url)).toBeUndefined();
  }
  expect(proxyFor(new URL('http://a.test'), { http: undefined, https })).toBeUndefined();
});

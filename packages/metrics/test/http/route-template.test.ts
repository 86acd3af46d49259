import { describe, expect, test } from 'vitest';
import { templateOf } from '../../src/http/route-template.ts';

describe('templateOf', () => {
  test.each([
    ['/orgs/acme', { org: 'acme' }, '/orgs/:org'],
    ['/orgs/orgs', { org: 'orgs' }, '/orgs/:org'],
    ['/a%20b/a%20b', { outer: 'a b', inner: 'a b' }, '/:outer/:inner'],
    ['/files/a/b/c', { path: ['a', 'b', 'c'] }, '/files/*path'],
    ['/files/a/a/x', { path: ['a', 'a'], last: 'x' }, '/files/*path/:last'],
    ['/files/a/b/c', { 0: 'a/b/c' }, '/files/*0'],
    ['/files/a/b%2Fc/end', { 0: 'a/b/c' }, '/files/*0/end'],
    ['/files/a/b/', { 0: 'a/b/' }, '/files/*0/'],
    ['/files/a/b/a/b', { outer: 'a/b', inner: 'a/b' }, '/files/*outer/*inner'],
    ['/files/a/b/a', { last: 'a', 0: 'a/b' }, '/files/*0/:last'],
    ['/a%2Fb/c', { whole: 'a/b' }, '/:whole/c'],
    ['/%/x', { broken: '%' }, '/:broken/x'],
    ['/jobs/123/550e8400-e29b-41d4-a716-446655440000', {}, '/jobs/:id/:id'],
    ['/v2/users', { version: '2' }, '/v:version/users'],
    ['/u/ann.v1', { user: 'ann' }, '/u/:user.v1'],
    ['/near/52.5-13.4', { lat: '52.5', lng: '13.4' }, '/near/:lat-:lng'],
    ['/near/5-5', { lat: '5', lng: '5' }, '/near/:lat-:lng'],
    ['/a%20b.txt/a%20c', { name: 'a b' }, '/:name.txt/a%20c'],
    ['/clients/v:en', { lang: 'en' }, '/clients/v::lang'],
    ['/ven/clients', { lang: 'en' }, '/v:lang/clients'],
    ['/clients/x', { lang: 'en' }, '/clients/x'],
    ['/x/y', { empty: '', missing: undefined }, '/x/y'],
    [`/${'a'.repeat(9_000)}.txt`, { name: 'a'.repeat(9_000) }, '/:id'],
    ['/plain', undefined, '/plain'],
    ['', {}, ''],
  ])('%s with %j becomes %s', (path, params, template) => {
    expect(templateOf(path, params)).toBe(template);
  });

  test('a value of a router above is not searched for within segments', () => {
    const outer = { lang: 'en' };
    expect(templateOf('/open/x', { ...outer, id: 'x' }, outer)).toBe('/open/:id');
    expect(templateOf('/open/x', { lang: 'en', id: 'x' })).toBe('/op:lang/:id');
  });

  test('a long path has no template', () => {
    const segments = Array.from({ length: 8000 }, () => 'a');
    let reads = 0;
    const splat = new Proxy(segments, {
      get: (target, key, receiver) => {
        reads++;
        return Reflect.get(target, key, receiver);
      },
    });
    expect(templateOf(`/${segments.join('/')}`, { splat })).toBe('/*');
    expect(reads).toBe(0);
  });

  test('each value of a wildcard is read a few times, however many there are', () => {
    const reads = [10, 60].map((length) => {
      let count = 0;
      const values = Array.from({ length }, () => 'a');
      const splat = new Proxy(values, {
        get: (target, key, receiver) => {
          count++;
          return Reflect.get(target, key, receiver);
        },
      });
      expect(templateOf(`/${values.join('/')}`, { splat })).toBe('/*splat');
      return count;
    });
    expect(reads[1]).toBeLessThan(7 * (reads[0] as number));
  });
});

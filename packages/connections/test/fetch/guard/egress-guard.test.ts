import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EgressGuard } from '../../../src/fetch/guard/egress-guard.ts';
import { isPublicAddress } from '../../../src/fetch/guard/public-address.ts';

/** The host of a URL as the URL parser writes it, which is what the guard sees. */
function host(text: string): string {
  return new URL(`http://${text}/`).hostname;
}

test('addresses that are not the public Internet are refused, however they are written', () => {
  const guard = new EgressGuard({ egress: 'public' });
  for (const text of [
    ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.1.', '0'],
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.100.100.200'],
    ...[
      '169.254.169.254',
      '168.63.129.16',
      '192.0.0.192',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...['[::1]', '[::]', '[fe80::1]', '[fd00:ec2::254]', '[ff02::1]', '[fec0::1]', '[2001:db8::1]'],
    ...[
      '[::ffff:127.0.0.1]',
      '[::ffff:8.8.8.8]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
    ],
    ...['[2001::1]', '[0:0:0:0:0:ffff:7f00:1]', '１２７.0.0.1', '127。0。0。1'],
  ]) {
    expect([text, guard.refusesHost(host(text), 80)]).toEqual([text, 'is not a public address']);
  }
});

test('public addresses and names pass the first check', () => {
  const guard = new EgressGuard({ egress: 'public' });
  for (const text of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '[2606:4700::1111]', 'example.com']) {
    expect([text, guard.refusesHost(host(text), 443)]).toEqual([text, undefined]);
  }
});

test('a name is refused by the address that it resolves to', () => {
  const guard = new EgressGuard({ egress: 'public' });
  expect(guard.refusesAddress('rebind.test', '127.0.0.1', 80)).toBe('is not a public address');
  expect(guard.refusesAddress('rebind.test', 'fe80::1%eth0', 80)).toBe('is not a public address');
  expect(guard.refusesAddress('rebind.test', '93.184.216.34', 80)).toBeUndefined();
  expect(guard.refusesAddress('rebind.test', 'nonsense', 80)).toBe('is not a public address');
});

test('a denied network is refused in the addresses of IPv6 that stand for it', () => {
  const guard = new EgressGuard({ egressDeny: ['10.0.0.0/8', '169.254.169.254'] });
  for (const text of [
    ...['[64:ff9b::10.1.2.3]', '[64:ff9b::a9fe:a9fe]', '[2002:a01:203::1]', '[::10.1.2.3]'],
    ...['[::ffff:10.1.2.3]', '[::ffff:0:10.1.2.3]', '[::ffff:a9fe:a9fe]'],
  ]) {
    expect([text, guard.refusesHost(host(text), 80)]).toEqual([text, 'is on the deny list']);
  }
  for (const address of ['64:ff9b::10.1.2.3', '64:ff9b::a01:203%eth0']) {
    expect(guard.refusesAddress('nat64.test', address, 80)).toBe('is on the deny list');
  }
  for (const text of ['[64:ff9b::1.1.1.1]', '[64:ff9b:1::a01:203]', '[2002:101:101::a01:203]']) {
    expect([text, guard.refusesHost(host(text), 80)]).toEqual([text, undefined]);
  }
});

test('the allow list opens a way, and the deny list closes any', () => {
  const guard = new EgressGuard({
    egress: 'public',
    egressAllow: ['10.1.0.0/16', 'tools.internal', 'localhost:8080'],
    egressDeny: ['10.1.9.0/24', 'evil.example', '8.8.8.8'],
  });
  expect(guard.refusesHost('10.1.2.3', 80)).toBeUndefined();
  expect(guard.refusesHost('10.2.2.3', 80)).toBe('is not a public address');
  expect(guard.refusesHost('10.1.9.3', 80)).toBe('is on the deny list');
  expect(guard.refusesHost('8.8.8.8', 80)).toBe('is on the deny list');
  expect(guard.refusesHost('Api.Evil.Example.', 80)).toBe('is on the deny list');
  expect(guard.refusesAddress('tools.internal', '192.168.0.9', 80)).toBeUndefined();
  expect(guard.refusesAddress('tools.internal', '10.1.9.9', 80)).toBe('is on the deny list');
  expect(guard.refusesAddress('localhost', '127.0.0.1', 8080)).toBeUndefined();
  expect(guard.refusesAddress('localhost', '127.0.0.1', 80)).toBe('is not a public address');
});

test('listed means the list alone', () => {
  const guard = new EgressGuard({ egress: 'listed', egressAllow: ['api.example.com'] });
  expect(guard.refusesAddress('api.example.com', '93.184.216.34', 443)).toBeUndefined();
  expect(guard.refusesAddress('example.com', '93.184.216.34', 443)).toBe(
    'is not on the allow list',
  );
  expect(guard.refusesHost('8.8.8.8', 443)).toBe('is not on the allow list');
});

const byte = fc.integer({ min: 0, max: 255 });
const four = fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.'));

test('a mapped address is never public, nor is one that a local gateway translates', () => {
  fc.assert(
    fc.property(four, (address) => {
      for (const prefix of ['::ffff:', '::ffff:0:', '::', '64:ff9b:1::', '64:ff9b:0:0:0:1:']) {
        expect(isPublicAddress(`${prefix}${address}`)).toBe(false);
      }
    }),
  );
});

test('an address of NAT64 is as public as the one that it stands for, however it is written', () => {
  fc.assert(
    fc.property(four, (address) => {
      const isPublic = isPublicAddress(address);
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hexadecimal = `64:ff9b::${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
      const mixed = `64:FF9B:0:0:0:0:${address}`;
      for (const translated of [`64:ff9b::${address}`, hexadecimal, mixed, `${hexadecimal}%eth0`]) {
        expect([translated, isPublicAddress(translated)]).toEqual([translated, isPublic]);
      }
    }),
  );
});

test('where DNS64 gives addresses of NAT64, public hosts are reached, and private ones are not', () => {
  const guard = new EgressGuard({ egress: 'public', egressDeny: ['9.9.9.9'] });
  const refusal = (address: string) => guard.refusesAddress('api.example.com', address, 443);
  expect(refusal('64:ff9b::101:101')).toBeUndefined();
  expect(guard.refusesHost(host('[64:ff9b::8.8.8.8]'), 443)).toBeUndefined();
  for (const address of ['10.0.0.1', '127.0.0.1', '169.254.169.254', '168.63.129.16', '0.0.0.0']) {
    expect(refusal(`64:ff9b::${address}`)).toBe('is not a public address');
  }
  expect(refusal('64:ff9b:1::101:101')).toBe('is not a public address');
  expect(refusal('64:ff9b::909:909')).toBe('is on the deny list');
});

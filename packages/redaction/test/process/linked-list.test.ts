import { expect, test } from 'vitest';
import { type Linked, LinkedList } from '../../src/kernel.ts';

class Entry implements Linked<Entry> {
  previous: Entry | undefined;
  next: Entry | undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function listOf(...names: string[]): [LinkedList<Entry>, Record<string, Entry>] {
  const list = new LinkedList<Entry>();
  const entries = names.map((name) => new Entry(name));
  for (const entry of entries) list.add(entry);
  return [list, Object.fromEntries(entries.map((entry) => [entry.name, entry]))];
}

const names = (list: LinkedList<Entry>) => [...list].map(({ name }) => name).join('');

test.each([
  ['a', 'bcd'],
  ['b', 'acd'],
  ['d', 'abc'],
  ['da', 'bc'],
  ['bc', 'ad'],
  ['abcd', ''],
])('without %s the order is "%s"', (removed, left) => {
  const [list, entries] = listOf('a', 'b', 'c', 'd');
  for (const name of removed) expect(list.remove(entries[name] as Entry)).toBe(true);
  expect(names(list)).toBe(left);
  expect(list.size).toBe(left.length);
  expect(list.first?.name).toBe(left[0]);
  list.add(new Entry('e'));
  list.addFirst(new Entry('f'));
  expect(names(list)).toBe(`f${left}e`);
});

test('an entry that was removed refers to no other, and is not in the list', () => {
  const [list, { a, b, c }] = listOf('a', 'b', 'c') as [LinkedList<Entry>, Record<string, Entry>];
  for (const entry of [b, a] as Entry[]) {
    expect(list.has(entry)).toBe(true);
    list.remove(entry);
    expect([entry.previous, entry.next]).toEqual([undefined, undefined]);
    expect(list.has(entry)).toBe(false);
    expect(list.remove(entry)).toBe(false);
  }
  expect(list.size).toBe(1);
  expect([c?.previous, c?.next]).toEqual([undefined, undefined]);
});

test('the only entry is in its list', () => {
  const list = new LinkedList<Entry>();
  const only = new Entry('only');
  list.addFirst(only);
  expect([list.has(only), list.first, list.size]).toEqual([true, only, 1]);
  expect([list.remove(only), list.first, list.size]).toEqual([true, undefined, 0]);
});

test('entries that are removed while it is gone through are left out, new ones too', () => {
  const [list, entries] = listOf('a', 'b', 'c', 'd');
  const seen: string[] = [];
  for (const { name } of list) {
    seen.push(name);
    if (name !== 'a') continue;
    list.remove(entries['a'] as Entry);
    list.remove(entries['b'] as Entry);
    list.add(new Entry('e'));
  }
  expect(seen).toEqual(['a', 'c', 'd']);
  expect(names(list)).toBe('cde');
});

import { expect, test } from 'vitest';
import { DeadlineQueue } from '../../src/core/deadline-queue.ts';
import { Scope, type ScopeOwner } from '../../src/core/scope.ts';
import { ScopeList } from '../../src/shared/scope-list.ts';

const owner = { deadlines: new DeadlineQueue() } as ScopeOwner;

test('a scope that has left holds no other, and the rest stay in the list', () => {
  const list = new ScopeList();
  const [first, second, third] = [1, 2, 3].map(() => new Scope(owner, {})) as [Scope, Scope, Scope];
  for (const scope of [first, second, third]) list.add(scope);
  list.remove(second);
  list.remove(first);
  for (const scope of [first, second]) {
    expect([scope.previous, scope.next]).toEqual([undefined, undefined]);
  }
  expect(list.size).toBe(1);
  expect([third.previous, third.next]).toEqual([undefined, undefined]);
});

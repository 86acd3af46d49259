import { mustBe } from '../words/option-error.ts';

/** One step of a redaction path; `leaf` marks where a path ends. */
export interface PathNode {
  leaf: boolean;
  readonly next: Map<string, PathNode>;
}

const STEP = /^(?:\.?([^.[\]"]+)|\[(\*|\d+)\]|\["((?:[^"\\]|\\.)*)"\])/;

/**
 * Builds a tree from paths such as `user.password`, `items[*].pin` and `headers["x-key"]`.
 *
 * @throws {RedactionOptionError} If a path cannot be parsed.
 */
export function pathTree(paths: readonly string[]): PathNode | undefined {
  if (paths.length === 0) return undefined;
  const root: PathNode = { leaf: false, next: new Map() };
  for (const path of paths) {
    let node = root;
    for (const step of parsePath(path)) {
      let next = node.next.get(step);
      if (next === undefined) {
        next = { leaf: false, next: new Map() };
        node.next.set(step, next);
      }
      node = next;
    }
    node.leaf = true;
  }
  return root;
}

function parsePath(path: string): string[] {
  const found: string[] = [];
  let rest = typeof path === 'string' ? path : '';
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) break;
    found.push(match[1] ?? match[2] ?? (match[3] ?? '').replace(/\\(.)/g, '$1'));
    rest = rest.slice(match[0].length);
  }
  if (rest !== '' || found.length === 0) {
    throw mustBe(
      'paths',
      'an array of paths such as "user.password", "items[*].pin" or "headers.*"',
    );
  }
  return found;
}

/** Returns the node below a key: that of the key itself, of the wildcard, or both joined. */
export function stepInto(node: PathNode, key: string): PathNode | undefined {
  const own = node.next.get(key);
  const any = key === '*' ? undefined : node.next.get('*');
  return own === undefined || any === undefined ? (own ?? any) : joined(own, any);
}

function joined(a: PathNode, b: PathNode): PathNode {
  const next = new Map(b.next);
  for (const [step, node] of a.next) {
    const other = next.get(step);
    next.set(step, other === undefined ? node : joined(node, other));
  }
  return { leaf: a.leaf || b.leaf, next };
}

import type { Node } from 'oxc-parser';
import { type Finding, lineOf, type Source, walk } from './source.ts';

/** Members without an underscore that Node does not document. */
const UNDOCUMENTED = new Set(['addRequest', 'getBuffer']);

/** Private names that their owner documents for others: the agents SDK of OpenAI, for processors of its traces. */
const DOCUMENTED = new Set(['_response']);

/** What JavaScript itself calls so. */
const LANGUAGE = new Set(['__proto__', '__esModule']);

/** Methods that Node documents for those who write a stream; theirs to define, not to call. */
const STREAM_METHODS = new Set([
  '_construct',
  '_destroy',
  '_final',
  '_flush',
  '_read',
  '_transform',
  '_write',
  '_writev',
]);

/** Methods whose argument is a piece of text, such as the `_total` at the end of a metric's name. */
const TEXT_METHODS = new Set([
  'endsWith',
  'includes',
  'indexOf',
  'replaceAll',
  'split',
  'startsWith',
]);

/**
 * Finds members of a dependency or of Node that are private: their names begin with `_`, or nobody
 * documents them. A name counts where it is a member, in code or in a type, and where it stands in a
 * string that could be used as one.
 *
 * @param source - the file
 * @returns one finding for each place
 */
export function privateMembers(source: Source): Finding[] {
  const found: Finding[] = [];
  walk(source.program, (node, parents) => {
    const name = memberName(node, parents);
    if (name === undefined || !isPrivate(name)) return;
    if (STREAM_METHODS.has(name) && isStreamMethod(parents)) return;
    const message = `${name} is a private member: use what its owner documents`;
    found.push({ file: source.file, line: lineOf(source, node), message });
  });
  return found;
}

function isPrivate(name: string): boolean {
  if (LANGUAGE.has(name) || DOCUMENTED.has(name)) return false;
  return /^_+[A-Za-z]/.test(name) || UNDOCUMENTED.has(name);
}

/** The name that a node gives to a member, if it gives one. */
function memberName(node: Node, [parent, grandparent]: readonly Node[]): string | undefined {
  if (!parent) return undefined;
  if (node.type === 'Identifier') {
    if (parent.type === 'MemberExpression') {
      return parent.property === node && !parent.computed ? node.name : undefined;
    }
    if (!('key' in parent) || parent.key !== node) return undefined;
    return 'computed' in parent && parent.computed ? undefined : node.name;
  }
  if (node.type !== 'Literal' || typeof node.value !== 'string') return undefined;
  // A suffix is not a name: `name + '_total'`, `'_total'.length`, `name.endsWith('_total')`.
  if (parent.type === 'BinaryExpression' && parent.operator === '+') return undefined;
  if (parent.type === 'MemberExpression' && parent.object === node) return undefined;
  return isText(node, parent, grandparent) ? undefined : node.value;
}

function isText(node: Node, parent: Node, grandparent: Node | undefined): boolean {
  const call = parent.type === 'ArrayExpression' ? grandparent : parent;
  if (call?.type !== 'CallExpression' || call.callee === node) return false;
  const { callee } = call;
  return (
    callee.type === 'MemberExpression' &&
    callee.property.type === 'Identifier' &&
    TEXT_METHODS.has(callee.property.name)
  );
}

/** A method of a class, or `super._write(…)` in one. */
function isStreamMethod([parent]: readonly Node[]): boolean {
  if (parent?.type === 'MethodDefinition') return true;
  return parent?.type === 'MemberExpression' && parent.object.type === 'Super';
}

/** Gives a variable's value for an expansion, `undefined` if it has none. */
export type LookUp = (name: string) => string | undefined;

/** Why a text cannot be expanded. */
export class ExpansionFault extends Error {}

/** A reference to a name that has no value; the message tells a piece of the text. */
export class MissingReference extends ExpansionFault {}

/** Most characters that an expansion may produce. */
export const MAX_EXPANDED_LENGTH = 131_072;

// Fallbacks within fallbacks; deeper is a mistake or an attack on the stack.
const MAX_DEPTH = 20;

const REFERENCE = /^\$\{([A-Za-z_]\w*)(:-)?/;

/**
 * Replaces `${NAME}` and `${NAME:-fallback}` in one pass over the text; `\${` stays literal.
 * @throws ExpansionFault when a reference is malformed, has no value, or the result is too long.
 */
export function expand(text: string, lookUp: LookUp): string {
  let result = '';
  for (let at = 0; at < text.length; ) {
    const dollar = text.indexOf('${', at);
    if (dollar < 0) return bounded(result + text.slice(at));
    if (text[dollar - 1] === '\\' && dollar > at) {
      result = bounded(`${result}${text.slice(at, dollar - 1)}\${`);
      at = dollar + 2;
      continue;
    }
    const end = closingBrace(text, dollar);
    result = bounded(result + text.slice(at, dollar) + replace(text.slice(dollar, end), lookUp));
    at = end + 1;
  }
  return result;
}

function replace(reference: string, lookUp: LookUp): string {
  const [head, name, hasFallback] = REFERENCE.exec(reference) ?? [];
  if (head === undefined || name === undefined) throw malformed();
  const rest = reference.slice(head.length);
  if (hasFallback === undefined && rest !== '') throw malformed();
  const value = lookUp(name);
  if (hasFallback !== undefined) {
    return value === undefined || value === '' ? expand(rest, lookUp) : value;
  }
  if (value !== undefined) return value;
  throw new MissingReference(
    `\${${name}} has no value: set ${name}, or write \${${name}:-fallback}, or use single quotes`,
  );
}

/** Says nothing of the text itself: it may be a secret that happens to hold a dollar sign. */
function malformed(): ExpansionFault {
  return new ExpansionFault(
    `a "\${" is neither \${NAME} nor \${NAME:-fallback}: use single quotes for literal text`,
  );
}

/** The index of the brace that closes the reference at `start`; fallbacks may nest. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('${', at)) {
      depth++;
      if (depth > MAX_DEPTH) throw malformed();
    }
    if (text[at] === '}' && --depth === 0) return at;
  }
  throw malformed();
}

function bounded(text: string): string {
  if (text.length <= MAX_EXPANDED_LENGTH) return text;
  throw new ExpansionFault(`it expands to more than ${MAX_EXPANDED_LENGTH} characters`);
}

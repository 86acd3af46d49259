// Expansion of `${NAME}` and `${NAME:-fallback}` in the values of `.env` files.
//
// One pass from left to right: what a reference is replaced by is not scanned again, so that a value
// of the process environment cannot inject references. A fallback may contain references. The length
// of the result and the depth of fallbacks are limited, against expansions that grow exponentially.

/** Looks up the value of a variable for an expansion; `undefined` if it has none. */
export type LookUp = (name: string) => string | undefined;

/** Why a value cannot be expanded. */
export class ExpansionFault extends Error {}

/** A reference to a variable without a value; the message contains the variable's name. */
export class MissingReference extends ExpansionFault {}

/** Maximum length of an expanded value. */
export const MAX_EXPANDED_LENGTH = 131_072;

const MAX_DEPTH = 20;

const REFERENCE = /^\$\{([A-Za-z_]\w*)(:-)?/;

/**
 * Replaces the references in a value; `\${` stays literal.
 * @throws ExpansionFault if a reference is malformed or has no value, or the result is too long.
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

/** Contains nothing of the value: it may be a secret that happens to contain a dollar sign. */
function malformed(): ExpansionFault {
  return new ExpansionFault(
    `a "\${" is neither \${NAME} nor \${NAME:-fallback}: use single quotes for a literal value`,
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

import { parseLevel } from './level.ts';
import { LoggingOptionError } from './option-error.ts';

interface Rule {
  readonly pattern: string;
  /** The pattern cut at its stars. */
  readonly parts: readonly string[];
  readonly level: number;
}

/** Matching a name takes at most its length times this. */
const LONGEST_PATTERN = 256;

/** The levels by name: the most specific rule wins, among equals the last one set. */
export class LevelRules {
  #base: number;
  #rules: Rule[] = [];
  /** The rules of the set-up, which apply again when a change is undone. */
  readonly #givenBase: number;
  readonly #given: readonly Rule[];

  /** @param given The rules of the set-up. */
  constructor(base: number, given: readonly (readonly [pattern: string, level: number])[] = []) {
    this.#base = base;
    for (const [pattern, level] of given) this.set(pattern, level);
    this.#givenBase = this.#base;
    this.#given = this.#rules;
  }

  /** The level of a name. */
  levelOf(name: string): number {
    let best: Rule | undefined;
    for (const rule of this.#rules) {
      if (best !== undefined && weight(rule) < weight(best)) continue;
      if (matches(rule.parts, name)) best = rule;
    }
    return best?.level ?? this.#base;
  }

  /** Sets the level of a name and all below it, or of a pattern with `*`. */
  set(pattern: string, level: number): void {
    if (typeof pattern !== 'string' || pattern.length > LONGEST_PATTERN) {
      throw new LoggingOptionError('pattern', pattern, [
        `a string of at most ${LONGEST_PATTERN} characters, such as map.agents or map.*`,
      ]);
    }
    if (isRoot(pattern)) {
      this.#base = level;
      return;
    }
    const rule = { pattern, parts: pattern.split('*'), level };
    this.#rules = [...this.#rules.filter((one) => one.pattern !== pattern), rule];
  }

  /** Undoes a change: the rule of the set-up for this pattern applies again. */
  delete(pattern: string): void {
    if (isRoot(pattern)) this.#base = this.#givenBase;
    const given = this.#given.filter((rule) => rule.pattern === pattern);
    this.#rules = [...this.#rules.filter((rule) => rule.pattern !== pattern), ...given];
  }
}

/**
 * Reads levels by name: an object, or a string as in an environment variable.
 * @throws {LoggingOptionError} When an entry has no level, or one that does not exist.
 */
export function parseLevels(
  levels: string | Readonly<Record<string, unknown>>,
): (readonly [pattern: string, level: number])[] {
  if (typeof levels !== 'string') {
    if (typeof levels !== 'object' || levels === null || Array.isArray(levels)) {
      throw new LoggingOptionError('levels', levels, ['an object, or name=LEVEL,name=LEVEL']);
    }
    return Object.entries(levels).map(([name, level]) => [
      name,
      parseLevel(level, `levels.${name}`),
    ]);
  }
  const entries = levels.split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name = '', level, ...rest] = entry.split('=').map((part) => part.trim());
      if (name === '' || level === undefined || rest.length > 0) {
        throw new LoggingOptionError('levels', entry, ['name=LEVEL,name=LEVEL']);
      }
      return [name, parseLevel(level, `levels.${name}`)] as const;
    });
}

function isRoot(pattern: string): boolean {
  return pattern === '' || pattern === '*' || pattern === 'root';
}

function weight({ pattern, parts }: Rule): number {
  return (pattern.length - parts.length + 1) * 2 + (parts.length === 1 ? 1 : 0);
}

/**
 * Whether a pattern, cut at its stars, matches a name or one of the names above it. Each part is
 * taken at its first place after the one before, so the time is linear in the name's length.
 */
function matches(parts: readonly string[], name: string): boolean {
  const [first = '', ...others] = parts;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = others.pop();
  if (last === undefined) return endsAt(name, at);
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  if (last === '') return true;
  for (let found = name.indexOf(last, at); found >= 0; found = name.indexOf(last, found + 1)) {
    if (endsAt(name, found + last.length)) return true;
  }
  return false;
}

function endsAt(name: string, at: number): boolean {
  return at === name.length || name[at] === '.';
}

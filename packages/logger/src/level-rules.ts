import { parseLevel } from './level.ts';
import { LoggingOptionError } from './option-error.ts';

interface Rule {
  readonly pattern: string;
  readonly matches: RegExp;
  readonly level: number;
}

/** Which level holds for which name: the most special rule wins, among equals the last one set. */
export class LevelRules {
  #base: number;
  #rules: Rule[] = [];
  /** What holds again when a change is taken back. */
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
      if (!rule.matches.test(name)) continue;
      if (best === undefined || weight(rule) >= weight(best)) best = rule;
    }
    return best?.level ?? this.#base;
  }

  /** Sets the level of a name and all below it, or of a pattern with `*`. */
  set(pattern: string, level: number): void {
    if (typeof pattern !== 'string') {
      throw new LoggingOptionError('pattern', pattern, ['map.agents', 'map.*.http', '*']);
    }
    if (isRoot(pattern)) {
      this.#base = level;
      return;
    }
    const rule = { pattern, matches: expression(pattern), level };
    this.#rules = [...this.#rules.filter((one) => one.pattern !== pattern), rule];
  }

  /** Takes a change back: what the set-up says of the pattern holds again. */
  delete(pattern: string): void {
    if (isRoot(pattern)) this.#base = this.#givenBase;
    const given = this.#given.filter((rule) => rule.pattern === pattern);
    this.#rules = [...this.#rules.filter((rule) => rule.pattern !== pattern), ...given];
  }
}

/**
 * Reads levels by name: an object, or text as in an environment variable.
 * @throws {LoggingOptionError} When an entry has no level, or one that does not exist.
 */
export function parseLevels(
  levels: string | Readonly<Record<string, unknown>>,
): (readonly [pattern: string, level: number])[] {
  if (typeof levels !== 'string') {
    if (typeof levels !== 'object' || levels === null || Array.isArray(levels)) {
      throw new LoggingOptionError('levels', levels, ['an object', 'map.agents=DEBUG']);
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
        throw new LoggingOptionError('levels', entry, ['map.agents=DEBUG,map.http=WARNING']);
      }
      return [name, parseLevel(level, `levels.${name}`)] as const;
    });
}

function isRoot(pattern: string): boolean {
  return pattern === '' || pattern === '*' || pattern === 'root';
}

function weight({ pattern }: Rule): number {
  return pattern.replaceAll('*', '').length * 2 + (pattern.includes('*') ? 0 : 1);
}

function expression(pattern: string): RegExp {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}(?:\\..*)?$`);
}

import { type LevelName, levelName, OFF, parseLevel } from '../level/level.ts';
import { type LevelsInForce, Namespace } from '../level/namespace.ts';
import { LevelRules } from '../level/rules.ts';
import type { LevelControl } from './log-target.ts';
import { RecentNames } from './recent-names.ts';

/** The levels of all loggers by name. */
export class Namespaces implements LevelControl, LevelsInForce {
  version = 0;
  readonly gateOf: (level: number) => number;
  readonly #named = new RecentNames((name) => new Namespace(this, name));
  #rules: LevelRules;

  /** @param gateOf The least level that any output takes of loggers of a level. */
  constructor(level: number, gateOf: (level: number) => number) {
    this.#rules = new LevelRules(level);
    this.gateOf = gateOf;
  }

  /** Starts again with the rules of a new set-up. */
  reset(level: number, levels: readonly (readonly [pattern: string, level: number])[]): void {
    this.#rules = new LevelRules(level, levels);
    this.regate();
  }

  /** The namespace of a name. */
  named(name: string): Namespace {
    return this.#named.get(name);
  }

  /** A namespace for one logger alone, whose level does not follow its name's. */
  own(name: string, level: string): Namespace {
    return new Namespace(this, name, parseLevel(level, 'level'));
  }

  /** Makes every namespace ask for its level again, after levels or outputs changed. */
  regate(): void {
    this.version += 1;
  }

  set(pattern: string, level: string): void {
    this.#rules.set(pattern, parseLevel(level, 'level'));
    this.regate();
  }

  /** Undoes a change: the rule of the set-up applies again. */
  unset(pattern: string): void {
    this.#rules.delete(pattern);
    this.regate();
  }

  /** The level that applies to a name, as a number. */
  numberOf(name: string): number {
    return this.#rules.levelOf(name);
  }

  /** The level that applies to a name. */
  levelOf(name: string): LevelName | 'OFF' {
    const level = this.numberOf(name);
    return level >= OFF ? 'OFF' : levelName(level);
  }
}

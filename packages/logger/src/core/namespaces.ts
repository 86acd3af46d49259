import { type LevelName, levelName, OFF, parseLevel } from '../level/level.ts';
import type { Namespace } from '../level/namespace.ts';
import { LevelRules } from '../level/rules.ts';
import type { LevelControl } from './log-target.ts';

/**
 * The levels of all loggers by name. A namespace lives as long as one of its loggers does: names
 * that a program makes up, such as one for each request, are not kept.
 */
export class Namespaces implements LevelControl {
  readonly #gateOf: (level: number) => number;
  readonly #named = new Map<string, WeakRef<Namespace>>();
  /** Namespaces of loggers with their own level. */
  readonly #own = new Set<WeakRef<Namespace>>();
  readonly #gone = new FinalizationRegistry<WeakRef<Namespace>>((ref) => this.#own.delete(ref));
  readonly #nameGone = new FinalizationRegistry<string>((name) => {
    if (this.#named.get(name)?.deref() === undefined) this.#named.delete(name);
  });
  #rules: LevelRules;

  /** @param gateOf The least level that any output takes of loggers of a level. */
  constructor(level: number, gateOf: (level: number) => number) {
    this.#rules = new LevelRules(level);
    this.#gateOf = gateOf;
  }

  /** Starts again with the rules of a new set-up. */
  reset(level: number, levels: readonly (readonly [pattern: string, level: number])[]): void {
    this.#rules = new LevelRules(level, levels);
  }

  /** The namespace of a name. */
  named(name: string): Namespace {
    const known = this.#named.get(name)?.deref();
    if (known !== undefined) return known;
    const made: Namespace = { name, level: 0, gate: 0, own: undefined };
    this.#gate(made);
    this.#named.set(name, new WeakRef(made));
    this.#nameGone.register(made, name);
    return made;
  }

  /** A namespace for one logger alone, whose level does not follow its name's. */
  own(name: string, level: string): Namespace {
    const own = parseLevel(level, 'level');
    const made: Namespace = { name, level: own, gate: own, own };
    this.#gate(made);
    const ref = new WeakRef(made);
    this.#own.add(ref);
    this.#gone.register(made, ref);
    return made;
  }

  /** Recomputes every gate, after levels or outputs changed. */
  regate(): void {
    for (const refs of [this.#named.values(), this.#own]) {
      for (const ref of refs) {
        const namespace = ref.deref();
        if (namespace !== undefined) this.#gate(namespace);
      }
    }
  }

  #gate(namespace: Namespace): void {
    namespace.level = namespace.own ?? this.#rules.levelOf(namespace.name);
    namespace.gate = this.#gateOf(namespace.level);
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

  /** The level that applies to a name. */
  levelOf(name: string): LevelName | 'OFF' {
    const level = this.#rules.levelOf(name);
    return level >= OFF ? 'OFF' : levelName(level);
  }
}

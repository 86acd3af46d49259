/** The levels that are in force. */
export interface LevelsInForce {
  /** Changes whenever a level or an output does. */
  readonly version: number;
  /** The level of a name. */
  numberOf(name: string): number;
  /** The least level that any output takes of loggers of a level. */
  gateOf(level: number): number;
}

/**
 * The shared state of all loggers of one name: its level, and the lowest level written. It asks for
 * them again after a change, so no caller has to know which namespaces there are.
 */
export class Namespace {
  readonly name: string;
  readonly #levels: LevelsInForce;
  /** The level of one logger alone, which rules for its name do not change. */
  readonly #own: number | undefined;
  #version = Number.NaN;
  #level = 0;
  #gate = 0;

  constructor(levels: LevelsInForce, name: string, own?: number) {
    this.#levels = levels;
    this.name = name;
    this.#own = own;
  }

  /** The level set for the name. */
  get level(): number {
    if (this.#version !== this.#levels.version) this.#update();
    return this.#level;
  }

  /** The least level that any output takes of this name; lower calls do nothing. */
  get gate(): number {
    if (this.#version !== this.#levels.version) this.#update();
    return this.#gate;
  }

  #update(): void {
    this.#version = this.#levels.version;
    this.#level = this.#own ?? this.#levels.numberOf(this.name);
    this.#gate = this.#levels.gateOf(this.#level);
  }
}

import { MASK } from '../words/words.ts';

const BRAND = Symbol.for('@map/redaction/Secret');

/**
 * Holds a value that no print, serialization or inspection shows.
 *
 * @example
 * ```ts
 * import { Secret } from '@map/redaction';
 *
 * const key = new Secret('sk-123');
 * `${key}`; // '**********'
 * key.reveal(); // 'sk-123'
 * ```
 */
export class Secret {
  static {
    const mask = function (this: Secret): string {
      return this.toString();
    };
    const define = (key: symbol, value: unknown): void => {
      Object.defineProperty(Secret.prototype, key, { value });
    };
    define(BRAND, true);
    define(Symbol.toPrimitive, mask);
    define(Symbol.for('nodejs.util.inspect.custom'), function (this: Secret): string {
      return `Secret(${this.toString()})`;
    });
  }

  readonly #value: string;

  /** @param value The text to protect; an empty one means "not set". */
  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  /** Whether the secret holds any text. */
  get isSet(): boolean {
    return this.#value !== '';
  }

  /**
   * Returns the protected text: the only way to read it.
   * @returns The text as it was loaded.
   */
  reveal(): string {
    return this.#value;
  }

  /** @returns `**********`, or an empty string for an empty secret. */
  toString(): string {
    return this.#value === '' ? '' : MASK;
  }

  /** @returns The same as `toString()`. */
  toJSON(): string {
    return this.toString();
  }
}

/**
 * Tells a secret from any other value, also when it comes from another installed copy of this package.
 * @param value Anything.
 * @returns Whether `value` is a `Secret`.
 */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** MAP's own categories, one class each. */
export type BuiltInCategory =
  | 'system'
  | 'api'
  | 'configuration'
  | 'validation'
  | 'auth'
  | 'llm'
  | 'agent'
  | 'task'
  | 'tool'
  | 'memory'
  | 'cache'
  | 'connection'
  | 'resilience';

/** One of MAP's categories, or one made by `defineErrors`. */
export type ErrorCategory = BuiltInCategory | (string & {});

// The first number of each range, highest first: a code belongs to the first range it reaches.
const RANGES: readonly (readonly [from: number, category: BuiltInCategory])[] = [
  [9500, 'resilience'],
  [9000, 'connection'],
  [8500, 'cache'],
  [8000, 'memory'],
  [7500, 'tool'],
  [7000, 'task'],
  [6000, 'agent'],
  [5000, 'llm'],
  [4000, 'auth'],
  [3500, 'validation'],
  [3000, 'configuration'],
  [2000, 'api'],
  [1000, 'system'],
];

/** Returns whether MAP itself has this category. @internal */
export function isBuiltInCategory(category: string): boolean {
  return RANGES.some(([, name]) => name === category);
}

/** Returns the category of one of MAP's own numbers. @internal */
export function categoryOfNumber(number: number): BuiltInCategory {
  return RANGES.find(([from]) => number >= from)?.[1] ?? 'system';
}

const ACRONYMS: ReadonlySet<string> = new Set(['api', 'llm']);

/**
 * Returns the class name of a category: `LLMError` for `llm`, `BillingError` for `billing`.
 * It is the name of every error of the category, in each process and after every bundler.
 * @internal
 */
export function classNameOf(category: ErrorCategory): string {
  const words = category
    .split('_')
    .map((word) =>
      ACRONYMS.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    );
  return `${words.join('')}Error`;
}

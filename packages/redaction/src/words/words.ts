// The one vocabulary for what a redacted or shortened value leaves out.

/** Replaces a secret wherever a value is shown. */
export const MASK = '**********';

/** Replaces an object that contains itself. */
export const CIRCULAR = '[Circular]';

/** Replaces what lies below the deepest level that is copied. */
export const TRUNCATED_DEPTH = '[Truncated: depth]';

/** Replaces what no longer fits into the size limit. */
export const TRUNCATED_SIZE = '[Truncated: size]';

/** Replaces a value that throws when it is read. */
export const UNREADABLE = '[Unreadable]';

/** Describes the omitted items of a list or keys of an object. */
export function more(count: number): string {
  return `[${count} more]`;
}

/** Replaces a secret wherever a value is shown. */
export const MASK = '**********';

/** Eats a pear, but no {@link Plum}. */
export function eat(): void {}

export function peel(): void {}

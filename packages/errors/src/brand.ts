/** The brand that tells an error of any copy of this package. */
export const BRAND: unique symbol = Symbol.for('@map/errors/BaseError') as never;

import type { BaseError } from './base-error.ts';

/** Turns a foreign error into one of ours, or gives undefined when it is not one it knows. */
export type Converter = (error: unknown) => BaseError | undefined;

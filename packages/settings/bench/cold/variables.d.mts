export const ENVIRONMENT: Readonly<Record<string, string>>;
export const VARIABLES: readonly (readonly [name: string, kind: string, text: string])[];
export const CHOICES: Readonly<Record<string, readonly string[]>>;
export function schemaOf(
  kinds: Readonly<
    Record<string, (choices: readonly [string, ...string[]], name: string) => unknown>
  >,
): Record<string, never>;

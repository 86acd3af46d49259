// An import of `node:fs` would read its getters, which loads `fs.promises`: 4 ms of each start.
const { fstatSync } = process.getBuiltinModule('node:fs');

/**
 * Whether text for a descriptor is to be coloured: on a terminal, unless NO_COLOR or FORCE_COLOR
 * say otherwise.
 * @see https://no-color.org
 */
export function wantsColor(
  fd: number,
  env: Readonly<Record<string, unknown>> = process.env,
): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env;
  if (typeof FORCE_COLOR === 'string' && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  if ((typeof NO_COLOR === 'string' && NO_COLOR !== '') || TERM === 'dumb') return false;
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

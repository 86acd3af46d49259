/** Where in the program a line was written. */
export interface Caller {
  /** The file's name without its folder and ending. */
  readonly module: string;
  readonly function: string;
  readonly lineno: number;
}

/** A function of ours, or several, whose caller is the one to be named. */
export type Above = ((...args: never[]) => unknown) | readonly ((...args: never[]) => unknown)[];

interface Site {
  getFileName(): string | null | undefined;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
}

interface StackConfig {
  stackTraceLimit: number;
  prepareStackTrace: unknown;
  captureStackTrace(target: object, above: unknown): void;
}

const errors = Error as unknown as StackConfig;
const allSites = (_: unknown, sites: readonly Site[]): readonly Site[] => sites;

/**
 * Finds who called a function. V8 cuts the stack above that function itself, so no file name of
 * this package is needed, which a bundle would not have.
 * @param above The function whose caller is wanted; of several, the first that is on the stack.
 * @returns The caller, or undefined where the stack does not show it.
 */
export function callerOf(above: Above): Caller | undefined {
  for (const one of typeof above === 'function' ? [above] : above) {
    const site = sitesAbove(one, 1)[0];
    if (site === undefined) continue;
    if (NEST.test(site.getFileName() ?? '')) return callerOfNest(one);
    return placeOf(site);
  }
  return undefined;
}

/** The logger of Nest, which every part of a Nest application calls. */
const NEST = /[\\/]@nestjs[\\/]common[\\/]services[\\/]logger\.service\./;
const NEST_FRAMES = 5;

function callerOfNest(above: unknown): Caller | undefined {
  const site = sitesAbove(above, NEST_FRAMES).find((one) => !NEST.test(one.getFileName() ?? ''));
  return site === undefined ? undefined : placeOf(site);
}

function placeOf(site: Site): Caller {
  return {
    module: moduleOf(site.getFileName() ?? ''),
    function: site.getFunctionName() ?? '<anonymous>',
    lineno: site.getLineNumber() ?? 0,
  };
}

/** Under this key the fields of a line name its caller, if that is not on the stack: `logError`. */
const CALLER = Symbol.for('@map/logger/caller@1');

/** The caller of a line: the one that its fields name, if they do, or that on the stack. */
export function callerOfLine(fields: object | undefined, above: Above): Caller | undefined {
  if (fields === undefined || !Object.hasOwn(fields, CALLER)) return callerOf(above);
  const caller = (fields as { [CALLER]?: unknown })[CALLER];
  return isCaller(caller) ? caller : undefined;
}

function isCaller(value: unknown): value is Caller {
  const { module, function: name, lineno } = (value ?? {}) as Partial<Caller>;
  return typeof module === 'string' && typeof name === 'string' && typeof lineno === 'number';
}

function sitesAbove(above: unknown, count: number): readonly Site[] {
  const { stackTraceLimit, prepareStackTrace } = errors;
  const holder: { stack?: readonly Site[] } = {};
  try {
    errors.stackTraceLimit = count;
    errors.prepareStackTrace = allSites;
  } catch {
    // Frozen, as in a hardened realm: lines go without.
    return [];
  }
  try {
    errors.captureStackTrace(holder, above);
    return holder.stack ?? [];
  } catch {
    return [];
  } finally {
    errors.stackTraceLimit = stackTraceLimit;
    errors.prepareStackTrace = prepareStackTrace;
  }
}

function moduleOf(file: string): string {
  const start = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1;
  const end = file.lastIndexOf('.');
  return file.slice(start, end > start ? end : undefined);
}

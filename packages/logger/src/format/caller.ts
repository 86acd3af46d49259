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
    const site = siteAbove(one);
    if (site === undefined) continue;
    return {
      module: moduleOf(site.getFileName() ?? ''),
      function: site.getFunctionName() ?? '<anonymous>',
      lineno: site.getLineNumber() ?? 0,
    };
  }
  return undefined;
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

function siteAbove(above: unknown): Site | undefined {
  const { stackTraceLimit, prepareStackTrace } = errors;
  const holder: { stack?: readonly Site[] } = {};
  try {
    errors.stackTraceLimit = 1;
    errors.prepareStackTrace = allSites;
  } catch {
    // Frozen, as in a hardened realm: lines go without.
    return undefined;
  }
  try {
    errors.captureStackTrace(holder, above);
    return holder.stack?.[0];
  } catch {
    return undefined;
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

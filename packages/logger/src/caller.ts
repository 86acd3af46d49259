/** Where in the program a line was written. */
export interface Caller {
  /** The file's name without its folder and ending. */
  readonly module: string;
  readonly function: string;
  readonly lineno: number;
}

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
const { href: OUR_URL, pathname: OUR_PATH } = new URL('.', import.meta.url);

/**
 * Finds who called a function.
 * @param above The function whose caller is wanted.
 * @returns The caller, or undefined where the stack does not tell.
 */
export function callerOf(above: unknown): Caller | undefined {
  // One frame is nearly always the caller's; a timer or winston's own code may stand in between.
  const [first] = sitesAbove(above, 1);
  const site = first !== undefined && isBetween(first) ? theirs(sitesAbove(above, 20)) : first;
  if (site === undefined) return undefined;
  return {
    module: moduleOf(site.getFileName() ?? ''),
    function: site.getFunctionName() ?? '<anonymous>',
    lineno: site.getLineNumber() ?? 0,
  };
}

function sitesAbove(above: unknown, limit: number): readonly Site[] {
  const { stackTraceLimit, prepareStackTrace } = errors;
  const holder: { stack?: readonly Site[] } = {};
  try {
    errors.stackTraceLimit = limit;
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

function theirs(sites: readonly Site[]): Site | undefined {
  return sites.find((site) => !isBetween(site)) ?? sites[0];
}

function isBetween(site: Site): boolean {
  const file = site.getFileName() ?? '';
  return file.startsWith(OUR_URL) || file.startsWith(OUR_PATH) || WINSTON.test(file);
}

const WINSTON = /[\\/]node_modules[\\/]winston[\\/]/;

function moduleOf(file: string): string {
  const start = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1;
  const end = file.lastIndexOf('.');
  return file.slice(start, end > start ? end : undefined);
}

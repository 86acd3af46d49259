import { stackFrames } from './stack-frames.ts';

/** Where in the program something happened, with the names of the caller fields of a log line. */
export interface Place {
  /** The file's name without its folder and ending. */
  readonly module: string;
  readonly function: string;
  readonly lineno: number;
}

/** Under this key, which other loggers do not see, `@map/logger` finds the caller of a line. */
export const CALLER: unique symbol = Symbol.for('@map/logger/caller@1') as never;

const FRAME = /^ {4}at (?:async )?(?:(?:new )?(.*?) \()?(?:file:\/\/)?(.*?):(\d+):\d+\)?$/;

/** The folder of MAP's packages where they run from source, as in the tests of this repository. */
const SOURCES = /^(?:file:\/\/)?(.*\/)errors\/src\/output\/place\.ts$/.exec(import.meta.url ?? '');

/**
 * Finds where an error comes from: the innermost frame of the application in its own stack or in
 * that of the error it was converted from, otherwise in the stack of the caller. Frames of Node and
 * of installed packages, MAP's among them, are not the application's.
 */
export function placeOf(error: Error & { readonly originalError?: unknown }): Place | undefined {
  return (
    firstOf(stackFrames(error.originalError)) ??
    firstOf(stackFrames(error)) ??
    firstOf(stackFrames(new Error('here')))
  );
}

function firstOf(frames: readonly string[]): Place | undefined {
  for (const frame of frames) {
    const place = read(frame);
    if (place !== undefined) return place;
  }
  return undefined;
}

function read(frame: string): Place | undefined {
  const [, name = '<anonymous>', file = '', line] = FRAME.exec(frame) ?? [];
  const isForeign = /^node:|[\\/]node_modules[\\/]/.test(file) || isOurs(file);
  if (line === undefined || isForeign) return undefined;
  return { module: moduleOf(file), function: name, lineno: Number(line) };
}

function isOurs(file: string): boolean {
  const folder = SOURCES?.[1];
  return (
    folder !== undefined && file.startsWith(folder) && /^\w+\/src\//.test(file.slice(folder.length))
  );
}

function moduleOf(file: string): string {
  const start = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1;
  const end = file.lastIndexOf('.');
  return file.slice(start, end > start ? end : undefined);
}

// Importing `node:fs` or `node:util` as an ES module runs all their getters, which loads half of
// Node: about 25 ms each at start-up. `process.getBuiltinModule` does not.

/** `node:fs`. */
export function fileSystem(): typeof import('node:fs') {
  return process.getBuiltinModule('node:fs');
}

/** `node:util`. */
export function utilities(): typeof import('node:util') {
  return process.getBuiltinModule('node:util');
}

/** Joins a folder and a name; an empty folder is the working directory. */
export function inFolder(directory: string, name: string): string {
  return directory === '' ? name : process.getBuiltinModule('node:path').join(directory, name);
}

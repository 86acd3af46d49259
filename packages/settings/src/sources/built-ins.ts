// Importing a built-in as an ES module reads all its getters, which for node:fs and node:util
// loads half of Node: about 25 ms each at start-up. Fetched like this they cost nothing.

/** `node:fs`. */
export function fileSystem(): typeof import('node:fs') {
  return process.getBuiltinModule('node:fs');
}

/** `node:util`. */
export function utilities(): typeof import('node:util') {
  return process.getBuiltinModule('node:util');
}

/** `node:net`. */
export function network(): typeof import('node:net') {
  return process.getBuiltinModule('node:net');
}

/** A `require` that resolves from this package. */
export function packageRequire(): (id: string) => unknown {
  return process.getBuiltinModule('node:module').createRequire(import.meta.url);
}

/** Joins a folder and a name; an empty folder is the working directory. */
export function inFolder(directory: string, name: string): string {
  return directory === '' ? name : process.getBuiltinModule('node:path').join(directory, name);
}

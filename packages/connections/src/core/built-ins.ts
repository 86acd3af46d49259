// Modules of Node that an import of this package does without: each takes milliseconds to load, and
// an import of it as an ES module reads its getters, which may load much more.

/** `node:net`. */
export function net(): typeof import('node:net') {
  return process.getBuiltinModule('node:net');
}

/** `node:stream`. */
export function streams(): typeof import('node:stream') {
  return process.getBuiltinModule('node:stream');
}

/** Which version of IP an address is of; 0 for anything else. */
export function isIP(text: string): number {
  return net().isIP(text);
}

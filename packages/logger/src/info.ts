const LEVEL = Symbol.for('level');

/** What comes through `log(info)`, `write` and pipes: a winston info or a text, and its level. */
export function readInfo(chunk: unknown): { readonly info: unknown; readonly level: unknown } {
  try {
    if (typeof chunk !== 'object' || chunk === null || chunk instanceof Uint8Array) {
      const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk);
      return { info: { message: text.replace(/\r?\n$/, '') }, level: undefined };
    }
    const { [LEVEL]: known, level } = chunk as { [LEVEL]?: unknown; level?: unknown };
    return { info: chunk, level: known ?? level };
  } catch {
    // A value that cannot be read: the line says so.
    return { info: chunk, level: undefined };
  }
}

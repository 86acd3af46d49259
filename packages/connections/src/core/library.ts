import { configError } from './errors.ts';

/**
 * Loads a library on its first use. esbuild gives a bundled CommonJS package under `default` alone
 * when it splits code; the members that importers name are then those of `default`.
 *
 * @param name - The package, for the message.
 * @param importing - The literal `import()`, which bundlers follow.
 * @throws BaseError `CONFIG_INVALID_3002` in a bundle or a runtime that cannot load it.
 */
export async function loadLibrary<M extends object>(
  name: string,
  importing: () => Promise<M>,
): Promise<M> {
  try {
    const module = await importing();
    const [only, ...others] = Object.keys(module);
    return only === 'default' && others.length === 0 ? (module as { default: M }).default : module;
  } catch (error) {
    throw configError(`${name} cannot be loaded ${why(name, error)}`, { package: name }, error);
  }
}

function why(name: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // esbuild's ES modules have no `require`, which the CommonJS packages in them call.
  if (message.startsWith('Dynamic require of')) {
    return `in this bundle of ES modules, which has no \`require\`. Leave ${name} out of the bundle (external), or define \`require\` in a banner.`;
  }
  return `here: ${message} Use Node.js 22.19, Bun 1.4, Deno 2.8 or later, and install ${name}.`;
}

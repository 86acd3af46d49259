import { createRequire } from 'node:module';
import { inheritFrom } from './winston-members.ts';
import type { WinstonModule } from './winston-module.ts';

let winstonModule: WinstonModule | undefined;

/** Gives winston to the package where it cannot be found by `require`, as in a bundle. */
export function provideWinston(winston: WinstonModule): void {
  winstonModule ??= winston;
}

/** winston, loaded at the first call. */
export function winston(): WinstonModule {
  winstonModule ??= createRequire(import.meta.url)('winston') as WinstonModule;
  return winstonModule;
}

inheritFrom(() => winston().Logger.prototype as object);

// The package in a browser bundle, with the same names. Builders and `Secret` work there; functions
// that read the environment throw an error that says why.

export { isSecret, Secret } from '@map/redaction';
export {
  boolean,
  byteSize,
  duration,
  integer,
  json,
  list,
  number,
  oneOf,
  path,
  port,
  record,
  secret,
  set,
  string,
  url,
} from './schema/builders.ts';
export { optional } from './schema/setting.ts';
export { stockProperties } from './stock/properties.ts';
export { FrozenMap, FrozenSet } from './values/freeze.ts';
export { secretTexts } from './values/secret-texts.ts';
export { fromWorkerData, toWorkerData } from './values/worker-data.ts';

function refuse(name: string): (...args: never) => never {
  return () => {
    throw new Error(
      `${name}() of @map/settings needs a server: a browser has no environment variables, and settings contain secrets. Pass the values that the page needs from the server.`,
    );
  };
}

export const getSettings: ((...args: never) => never) & { cacheClear: (...args: never) => never } =
  Object.assign(refuse('getSettings'), { cacheClear: refuse('getSettings.cacheClear') });
export const loadSettings: (...args: never) => never = refuse('loadSettings');
export const explainSettings: (...args: never) => never = refuse('explainSettings');
export const defineSettings: (...args: never) => never = refuse('defineSettings');

export const stockSettings: {
  readonly getSettings: typeof getSettings;
  readonly loadSettings: (...args: never) => never;
  readonly explainSettings: (...args: never) => never;
} = { getSettings, loadSettings, explainSettings };

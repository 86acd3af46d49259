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
  string,
  url,
} from './builders.ts';
export { type GetSettings, getSettings, type LoadOptions, loadSettings } from './get-settings.ts';
export type { LLMProviderConfig } from './llm-providers.ts';
export { isSecret, Secret } from './secret.ts';
export { optional, type Setting, type SettingOptions } from './setting.ts';
export type { Environment, LogLevel, Settings, StockVariables } from './settings.ts';
export { stockProperties } from './stock.ts';

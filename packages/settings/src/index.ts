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
} from './builders.ts';
export {
  type DeepReadonly,
  defineSettings,
  type Loaded,
  type SettingsRule,
  type SettingsRules,
  type WithStock,
} from './define-settings.ts';
export type { GetSettings, Overrides, SettingsDefinition, SettingsOptions } from './definition.ts';
export type { ExplainedSetting, ExplainedValue, SettingsExplanation } from './explain.ts';
export { FrozenMap, FrozenSet } from './freeze.ts';
export { explainSettings, getSettings, loadSettings, stockSettings } from './get-settings.ts';
export type { LLMProviderConfig, LLMProviders } from './llm-providers.ts';
export type { LoadOptions, SettingsWarning } from './load.ts';
export type { Deprecation } from './plan.ts';
export { isSecret, Secret } from './secret.ts';
export {
  optional,
  type Setting,
  type SettingAnnotation,
  type SettingKind,
  type SettingOptions,
} from './setting.ts';
export type { Environment, LogLevel, Settings, StockVariables } from './settings.ts';
export type { SettingSource } from './source.ts';
export type { SourceOptions } from './sources.ts';
export { stockProperties } from './stock.ts';
export { fromWorkerData, secretTexts, toWorkerData, type WorkerSettings } from './worker-data.ts';

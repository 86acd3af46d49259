export { isSecret, Secret } from '@map/redaction';
export {
  type DeepReadonly,
  defineSettings,
  type Loaded,
  type SettingsRule,
  type SettingsRules,
  type WithStock,
} from './define/define-settings.ts';
export type {
  GetSettings,
  Overrides,
  SettingsDefinition,
  SettingsOptions,
} from './define/definition.ts';
export {
  explainSettings,
  getSettings,
  loadSettings,
  stockSettings,
} from './define/get-settings.ts';
export type { ExplainedSetting, ExplainedValue, SettingsExplanation } from './load/explain.ts';
export type { LoadOptions, SettingsWarning } from './load/load.ts';
export type { Deprecation } from './load/plan.ts';
export type { SettingSource } from './problems/source.ts';
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
export {
  optional,
  type Setting,
  type SettingAnnotation,
  type SettingKind,
  type SettingOptions,
} from './schema/setting.ts';
export type { SourceOptions } from './sources/sources.ts';
export type { LLMProviderConfig, LLMProviders } from './stock/llm-providers.ts';
export { stockProperties } from './stock/properties.ts';
export type { Environment, LogLevel, Settings, StockVariables } from './stock/types.ts';
export { FrozenMap, FrozenSet } from './values/freeze.ts';
export { secretTexts } from './values/secret-texts.ts';
export { fromWorkerData, toWorkerData, type WorkerSettings } from './values/worker-data.ts';

import { AGENT } from './agent.ts';
import { CACHE } from './cache.ts';
import { CONNECTION } from './connection.ts';
import { HTTP } from './http.ts';
import { LLM } from './llm.ts';
import { MEMORY } from './memory.ts';
import { SELF } from './self.ts';
import { TASK } from './task.ts';
import { TOOL } from './tool.ts';

// The help texts are `as string`: as literal types, they are a hundredth of the package.

/**
 * Every metric of MAP as plain data. Types, handles, documentation, dashboards and alerts are all
 * derived from this one object.
 *
 * @example
 * ```ts
 * import { CATALOGUE } from '@map/metrics';
 *
 * console.log(CATALOGUE.llm.tokens.name); // llm_tokens_total
 * ```
 */
export const CATALOGUE: {
  readonly http: typeof HTTP;
  readonly task: typeof TASK;
  readonly llm: typeof LLM;
  readonly agent: typeof AGENT;
  readonly tool: typeof TOOL;
  readonly memory: typeof MEMORY;
  readonly cache: typeof CACHE;
  readonly connection: typeof CONNECTION;
  readonly self: typeof SELF;
} = {
  http: HTTP,
  task: TASK,
  llm: LLM,
  agent: AGENT,
  tool: TOOL,
  memory: MEMORY,
  cache: CACHE,
  connection: CONNECTION,
  self: SELF,
};

/** The type of the catalogue. */
export type Catalogue = typeof CATALOGUE;

/** A category of the catalogue. */
export type Category = keyof Catalogue;

import { AGENT } from './catalogue/agent.ts';
import { CACHE } from './catalogue/cache.ts';
import { CONNECTION } from './catalogue/connection.ts';
import { HTTP } from './catalogue/http.ts';
import { LLM } from './catalogue/llm.ts';
import { MEMORY } from './catalogue/memory.ts';
import { SELF } from './catalogue/self.ts';
import { TASK } from './catalogue/task.ts';
import { TOOL } from './catalogue/tool.ts';

/**
 * Every metric of the platform as plain data: types, handles, documentation, dashboards and
 * alerts are all made from this one object.
 *
 * `errors` names the counter of the same category that counts what a failed timing is.
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

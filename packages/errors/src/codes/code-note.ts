import type { ErrorCode } from './error-code.ts';

/** What the documentation says about a code: its meaning, its likely causes, what to do. */
export type CodeNote = readonly [meaning: string, causes: string, remedy: string];

/** The codes of models, agents, tasks and tools. */
export type WorkCode = Extract<ErrorCode, `${'LLM' | 'AGENT' | 'TASK' | 'TOOL'}_${string}`>;

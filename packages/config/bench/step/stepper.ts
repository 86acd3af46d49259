/** The input of a contender. */
export interface Surroundings {
  readonly redisUrl: string;
  /** Where the model answers a POST. */
  readonly modelUrl: string;
  /** The file of the log lines. */
  readonly logFile: string;
}

/** One way to do agent steps. */
export interface Stepper {
  /** Does one step and resolves when it is done. */
  step(task: number): Promise<void>;
  /** The figures of the metrics: completed tasks, requests to the model and tokens. */
  counted(): Promise<Counted>;
  close(): Promise<unknown>;
}

export interface Counted {
  readonly tasks: number;
  readonly requests: number;
  readonly tokens: number;
}

export type MakeStepper = (surroundings: Surroundings) => Promise<Stepper>;

export const DEADLINE_MS = 30_000;
export const MODEL = { provider: 'openai', model: 'gpt-4o-mini', operation: 'chat' } as const;

/** The request of a step. */
export function requestBody(state: string | null): object {
  return {
    model: MODEL.model,
    temperature: 0.2,
    messages: [
      { role: 'system', content: 'You plan the next action of an agent. Answer in one sentence.' },
      { role: 'user', content: `State so far: ${state ?? 'none'}. What is the next action?` },
    ],
  };
}

/** The part of the response that is read. */
export interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

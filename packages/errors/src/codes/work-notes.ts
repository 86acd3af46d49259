import type { CodeNote, WorkCode } from './code-note.ts';

/** The notes of the codes of models, agents, tasks and tools: 5000 to 7999. */
export const WORK_NOTES: Readonly<Record<WorkCode, CodeNote>> = {
  LLM_ERROR_5000: [
    'A call of a language model failed for a reason without a specific code.',
    'An error of an SDK that says nothing closer.',
    'Read `original_error` and `details.provider_code`.',
  ],
  LLM_RATE_LIMITED_5001: [
    'The provider takes no more requests or tokens for the moment.',
    'Status 429, `rate_limit_error`, throttling of Bedrock.',
    'Wait `retryAfterMs`, then retry; spread the load; ask another provider.',
  ],
  LLM_QUOTA_EXCEEDED_5002: [
    'The account with the provider is used up: this is not a rate limit and does not pass.',
    '`insufficient_quota` (which arrives as 429), status 402, a credit balance that is too low.',
    'Add credit or raise the spend limit; ask another provider meanwhile.',
  ],
  LLM_CONTEXT_LENGTH_EXCEEDED_5003: [
    'The prompt does not fit into the model.',
    '`context_length_exceeded`, "prompt is too long", status 413.',
    'Shorten or summarise; use a model with a larger context.',
  ],
  LLM_CONTENT_FILTERED_5004: [
    'A safety filter refused the prompt or the answer.',
    '`content_filter`, `invalid_prompt`, a refusal.',
    'Show it to the user; do not send the same prompt again.',
  ],
  LLM_INVALID_REQUEST_5005: [
    'The provider does not accept the request.',
    'A wrong parameter, a message out of order, a feature the model does not have.',
    'Fix the request; `details.provider_code` has the word of the provider.',
  ],
  LLM_INVALID_RESPONSE_5006: [
    'The model answered, but not in the shape that was asked for.',
    'No JSON, JSON of another schema, an empty answer.',
    'Try again at most twice; make the schema simpler or the instruction clearer.',
  ],
  LLM_OUTPUT_TRUNCATED_5007: [
    'The answer reached the limit of its length.',
    'Finish reason `length`.',
    'Raise the limit of output tokens or ask for less.',
  ],
  LLM_STREAM_INTERRUPTED_5008: [
    'A streamed answer broke off.',
    'A connection that was lost, an error event in the stream.',
    'Retry only if no tokens were passed on yet: `isRetryable(error, { tokensDelivered: false })`.',
  ],
  LLM_TIMEOUT_5009: [
    'The provider did not answer in time.',
    "The SDK's own timeout, status 408 or 504, a deadline of the caller.",
    'Retry; stream long answers; ask another provider.',
  ],
  LLM_MODEL_NOT_FOUND_5010: [
    'The provider does not have this model, or not for this account.',
    'A misspelled or retired name, status 404, a wrong base URL.',
    'Correct the name; ask another provider meanwhile.',
  ],
  LLM_PROVIDER_UNAVAILABLE_5011: [
    'The provider failed on its side.',
    'A 5xx status, status 409, `api_error`.',
    'Retry with a growing wait; ask another provider.',
  ],
  LLM_PROVIDER_OVERLOADED_5012: [
    'The provider has more work than it can do.',
    'Status 529, `overloaded_error`.',
    'Retry with a growing wait; ask another provider.',
  ],
  LLM_PROVIDER_AUTH_FAILED_5013: [
    'The provider does not accept our key; our caller is not to blame.',
    'A wrong or revoked key, a key without the right for this model (401, 403).',
    'Replace the key; ask another provider meanwhile.',
  ],
  LLM_ALL_PROVIDERS_FAILED_5014: [
    'Every provider that could have answered failed.',
    'An outage, one wrong setting that all share.',
    'Read the causes; a retry helps when it helps one of them.',
  ],
  LLM_TOOL_CALL_INVALID_5015: [
    'The model called a tool that does not exist, or with arguments that do not fit.',
    'A name it made up, arguments that are no JSON or break the schema.',
    'Tell the model and try again, at most twice.',
  ],
  LLM_BUDGET_EXCEEDED_5017: [
    'Our own budget for language models is used up.',
    'The limit of a task, a tenant or a day.',
    'Raise the budget or wait for the next period; do not retry.',
  ],

  AGENT_ERROR_6000: [
    'An agent failed for a reason without a specific code.',
    'An error in a step that nothing recognises.',
    'Read `original_error`.',
  ],
  AGENT_NOT_FOUND_6001: [
    'There is no such agent.',
    'A wrong identifier, an agent that was removed.',
    'Check the identifier in `details.agent_id`.',
  ],
  AGENT_UNAVAILABLE_6003: [
    'The agent takes no work at the moment.',
    'It is busy, starting or shutting down.',
    'Retry with a growing wait or ask another agent.',
  ],
  AGENT_TIMEOUT_6004: [
    'The agent did not come to an end in time.',
    'A slow model or tool, a deadline that is too short.',
    'Retry; raise the deadline or make the task smaller.',
  ],
  AGENT_INVALID_STATE_6005: [
    'The agent cannot do this in its present state.',
    'A message to an agent that has ended, a second start.',
    'Read its state first.',
  ],
  AGENT_MAX_STEPS_EXCEEDED_6006: [
    'The agent used all its steps without reaching an end.',
    'A loop between two tools, a goal that cannot be met.',
    'Look at its last steps; raise the limit only if they lead somewhere.',
  ],
  AGENT_GUARDRAIL_BLOCKED_6008: [
    'A guardrail stopped the agent.',
    'Input, output or a tool call that breaks a policy.',
    'Show it to the user; do not retry the same.',
  ],

  TASK_ERROR_7000: [
    'A task failed for a reason without a specific code.',
    'An error in its work that nothing recognises.',
    'Read `original_error`.',
  ],
  TASK_NOT_FOUND_7001: [
    'There is no such task.',
    'A wrong identifier, a task that was cleaned up.',
    'Check the identifier in `details.task_id`.',
  ],
  TASK_INVALID_STATE_7003: [
    'The task cannot do this in its present state.',
    'A result for a task that has ended, a second start.',
    'Read its state first.',
  ],
  TASK_TIMEOUT_7004: [
    'The task was not done in time.',
    'Slow work, a queue that is too long, a deadline that is too short.',
    'Retry; raise the deadline or make the task smaller.',
  ],
  TASK_CANCELLED_7005: [
    'Somebody cancelled the task; nothing is broken.',
    'A user, a parent task.',
    'Stop its work; do not retry and do not alarm.',
  ],
  TASK_DEPENDENCY_FAILED_7006: [
    'A task that this one needs has failed.',
    'The failure of an earlier step.',
    'Repair and repeat the earlier task first.',
  ],
  TASK_INTERRUPTED_7007: [
    'The process was shut down while the task was in flight; the task itself did not fail.',
    'A deployment, a restart, a scale-down.',
    'Put the task back into its queue, or retry it: another instance can run it.',
  ],

  TOOL_ERROR_7500: [
    'A tool that an agent called failed.',
    'An error in the tool that nothing recognises.',
    'Give the model a short account; retry only a tool that is idempotent.',
  ],
  TOOL_NOT_FOUND_7501: [
    'There is no such tool.',
    'A tool that is not registered.',
    'Register it, or offer the model only tools that exist.',
  ],
  TOOL_INPUT_INVALID_7502: [
    'The arguments do not fit the tool.',
    'A failed check of its input.',
    'Tell the model what is wrong.',
  ],
  TOOL_TIMEOUT_7504: [
    'A tool was not done in time.',
    'A slow service behind it.',
    'Retry only a tool that is idempotent: the first call may still be at work.',
  ],
  TOOL_DENIED_7505: [
    'This agent or user may not use the tool.',
    'A policy, an approval that was refused.',
    'Grant the right or do without; do not retry.',
  ],
};

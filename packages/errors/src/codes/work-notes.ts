import type { CodeNote, WorkCode } from './code-note.ts';

/** The notes of the codes of models, agents, tasks and tools: 5000 to 7999. */
export const WORK_NOTES: Readonly<Record<WorkCode, CodeNote>> = {
  LLM_ERROR_5000: [
    'A model call failed for a reason without a specific code.',
    'An SDK error without further information.',
    'Read `original_error` and `details.provider_code`.',
  ],
  LLM_RATE_LIMITED_5001: [
    'The provider accepts no more requests or tokens for the moment.',
    'Status 429, `rate_limit_error`, Bedrock throttling.',
    'Wait `retryAfterMs`, then retry; spread the load; use another provider.',
  ],
  LLM_QUOTA_EXCEEDED_5002: [
    'The quota of the provider account is used up: unlike a rate limit, this does not pass.',
    '`insufficient_quota` (with status 429), status 402, too little credit.',
    'Add credit or raise the spending limit; use another provider meanwhile.',
  ],
  LLM_CONTEXT_LENGTH_EXCEEDED_5003: [
    "The prompt does not fit into the model's context.",
    '`context_length_exceeded`, "prompt is too long", status 413.',
    'Shorten or summarise the prompt; use a model with a larger context.',
  ],
  LLM_CONTENT_FILTERED_5004: [
    'A safety filter blocked the prompt or the response.',
    '`content_filter`, `invalid_prompt`, a refusal.',
    'Show it to the user; do not send the same prompt again.',
  ],
  LLM_INVALID_REQUEST_5005: [
    'The provider rejected the request.',
    'A wrong parameter, a message out of order, an unsupported feature.',
    "Fix the request; `details.provider_code` has the provider's code.",
  ],
  LLM_INVALID_RESPONSE_5006: [
    'The response does not have the requested form.',
    'Invalid JSON, JSON of another schema, an empty response.',
    'Retry at most twice; simplify the schema or clarify the instructions.',
  ],
  LLM_OUTPUT_TRUNCATED_5007: [
    'The response reached its length limit.',
    'Finish reason `length`.',
    'Raise the limit of output tokens or request less.',
  ],
  LLM_STREAM_INTERRUPTED_5008: [
    'A streamed response was cut off.',
    'A lost connection, an error event in the stream.',
    'Retry only if no tokens have been passed on: `isRetryable(error, { tokensDelivered: false })`.',
  ],
  LLM_TIMEOUT_5009: [
    'The provider did not respond in time.',
    "The SDK's own timeout, status 408 or 504, the caller's deadline.",
    'Retry; stream long responses; use another provider.',
  ],
  LLM_MODEL_NOT_FOUND_5010: [
    'The provider does not have this model, or not for this account.',
    'A misspelled or retired name, status 404, a wrong base URL.',
    'Correct the name; use another provider meanwhile.',
  ],
  LLM_PROVIDER_UNAVAILABLE_5011: [
    'The provider failed on its side.',
    'A 5xx status, status 409, `api_error`.',
    'Retry with backoff; use another provider.',
  ],
  LLM_PROVIDER_OVERLOADED_5012: [
    'The provider is overloaded.',
    'Status 529, `overloaded_error`.',
    'Retry with backoff; use another provider.',
  ],
  LLM_PROVIDER_AUTH_FAILED_5013: [
    "The provider rejected our key; this is not our caller's fault.",
    'A wrong or revoked key, a key without permission for this model (401, 403).',
    'Replace the key; use another provider meanwhile.',
  ],
  LLM_ALL_PROVIDERS_FAILED_5014: [
    'All providers failed.',
    'An outage, a wrong setting that all share.',
    'Read the causes; a retry can help if it helps one of them.',
  ],
  LLM_TOOL_CALL_INVALID_5015: [
    'The model called a tool that does not exist, or with invalid arguments.',
    'An invented name, arguments that are not JSON or violate the schema.',
    'Tell the model and retry, at most twice.',
  ],
  LLM_BUDGET_EXCEEDED_5017: [
    'Your budget for language models is used up.',
    'The limit of a task, a tenant or a day.',
    'Raise the budget or wait for the next period; do not retry.',
  ],

  AGENT_ERROR_6000: [
    'An agent failed for a reason without a specific code.',
    'An unrecognised error in a step.',
    'Read `original_error`.',
  ],
  AGENT_NOT_FOUND_6001: [
    'The agent does not exist.',
    'A wrong identifier, a removed agent.',
    'Check the identifier in `details.agent_id`.',
  ],
  AGENT_UNAVAILABLE_6003: [
    'The agent accepts no work at the moment.',
    'It is busy, starting or shutting down.',
    'Retry with backoff or use another agent.',
  ],
  AGENT_TIMEOUT_6004: [
    'The agent did not finish in time.',
    'A slow model or tool, a short deadline.',
    'Retry; raise the deadline or make the task smaller.',
  ],
  AGENT_INVALID_STATE_6005: [
    'The agent cannot do this in its current state.',
    'A message to an agent that has ended, a second start.',
    'Read its state first.',
  ],
  AGENT_MAX_STEPS_EXCEEDED_6006: [
    'The agent used all its steps without finishing.',
    'A loop between two tools, an unreachable goal.',
    'Look at its last steps; raise the limit only if they make progress.',
  ],
  AGENT_GUARDRAIL_BLOCKED_6008: [
    'A guardrail stopped the agent.',
    'Input, output or a tool call that violates a policy.',
    'Tell the user; do not retry the same input.',
  ],

  TASK_ERROR_7000: [
    'A task failed for a reason without a specific code.',
    'An unrecognised error in its work.',
    'Read `original_error`.',
  ],
  TASK_NOT_FOUND_7001: [
    'The task does not exist.',
    'A wrong identifier, a removed task.',
    'Check the identifier in `details.task_id`.',
  ],
  TASK_INVALID_STATE_7003: [
    'The task cannot do this in its current state.',
    'A result for a task that has ended, a second start.',
    'Read its state first.',
  ],
  TASK_TIMEOUT_7004: [
    'The task did not finish in time.',
    'Slow work, a long queue, a short deadline.',
    'Retry; raise the deadline or make the task smaller.',
  ],
  TASK_CANCELLED_7005: [
    'The task was cancelled; nothing is broken.',
    'A user, a parent task.',
    'Stop its work; do not retry or alert.',
  ],
  TASK_DEPENDENCY_FAILED_7006: [
    'A task that this task depends on failed.',
    'The failure of an earlier step.',
    'Fix and repeat the earlier task first.',
  ],
  TASK_INTERRUPTED_7007: [
    'The process shut down while the task was in flight; the task itself did not fail.',
    'A deployment, a restart, a scale-down.',
    'Put the task back into its queue, or retry it: another instance can run it.',
  ],

  TOOL_ERROR_7500: [
    'A tool that an agent called failed.',
    'An unrecognised error in the tool.',
    'Give the model a short description; retry only an idempotent tool.',
  ],
  TOOL_NOT_FOUND_7501: [
    'The tool does not exist.',
    'An unregistered tool.',
    'Register it, or offer the model only tools that exist.',
  ],
  TOOL_INPUT_INVALID_7502: [
    "The arguments do not match the tool's schema.",
    'A failed check of its input.',
    'Tell the model what is wrong.',
  ],
  TOOL_TIMEOUT_7504: [
    'A tool did not finish in time.',
    'A slow service behind the tool.',
    'Retry only an idempotent tool: the first call may still be running.',
  ],
  TOOL_DENIED_7505: [
    'This agent or user may not use the tool.',
    'A policy, a rejected approval.',
    'Grant the permission or do without the tool; do not retry.',
  ],
};

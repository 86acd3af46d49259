import type { ErrorCode } from './error-code.ts';

/** A canonical gRPC status name, in upper case as in google.rpc.Code. */
export type GrpcCode =
  | 'INTERNAL'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNAVAILABLE'
  | 'UNAUTHENTICATED'
  | 'CANCELLED';

/** Whether a retry can help: always, never, or under a condition that `isRetryable` checks. */
export type Retry = 'yes' | 'no' | 'conditional';

/** HTTP status, gRPC status, retry, and a message that is safe to show to end users. */
export type CodeRow = readonly [http: number, grpc: GrpcCode, retry: Retry, userMessage: string];

const GENERIC = 'Something went wrong on our side.';
const MISCONFIGURED = 'The service is not set up correctly.';
const BUSY = 'The service is busy. Please try again shortly.';
const UNAVAILABLE = 'The service is not available right now. Please try again shortly.';
const TOO_SLOW = 'The operation took too long. Please try again.';
const UPSTREAM = 'A service we depend on failed.';
const STATE = 'This is not possible in the current state.';

export const CODE_TABLE: Readonly<Record<ErrorCode, CodeRow>> = {
  SYSTEM_ERROR_1000: [500, 'INTERNAL', 'no', GENERIC],
  UNKNOWN_ERROR_1001: [500, 'UNKNOWN', 'no', GENERIC],
  OPERATION_TIMEOUT_1002: [504, 'DEADLINE_EXCEEDED', 'yes', TOO_SLOW],
  OPERATION_CANCELLED_1003: [499, 'CANCELLED', 'no', 'The operation was cancelled.'],
  SERVICE_UNAVAILABLE_1005: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],
  RESOURCE_EXHAUSTED_1006: [503, 'RESOURCE_EXHAUSTED', 'yes', BUSY],
  STORAGE_FULL_1007: [507, 'RESOURCE_EXHAUSTED', 'no', 'There is no storage space left.'],
  FILE_SYSTEM_ERROR_1008: [500, 'INTERNAL', 'no', GENERIC],
  SERIALIZATION_ERROR_1009: [500, 'INTERNAL', 'no', GENERIC],
  PROGRAMMING_ERROR_1010: [500, 'INTERNAL', 'no', GENERIC],
  MULTIPLE_ERRORS_1012: [500, 'UNKNOWN', 'conditional', 'Several things went wrong at once.'],

  API_ERROR_2000: [500, 'UNKNOWN', 'conditional', 'The request could not be completed.'],
  BAD_REQUEST_2001: [400, 'INVALID_ARGUMENT', 'no', 'The request is not valid.'],
  NOT_FOUND_2002: [404, 'NOT_FOUND', 'no', 'This does not exist.'],
  CONFLICT_2004: [409, 'ABORTED', 'no', 'This conflicts with a change made elsewhere.'],
  UPSTREAM_ERROR_2010: [502, 'UNAVAILABLE', 'yes', UPSTREAM],
  UPSTREAM_TIMEOUT_2011: [504, 'DEADLINE_EXCEEDED', 'yes', 'A service we depend on was too slow.'],
  UPSTREAM_REJECTED_2012: [502, 'INTERNAL', 'no', UPSTREAM],
  UPSTREAM_BAD_RESPONSE_2013: [502, 'INTERNAL', 'no', UPSTREAM],
  UPSTREAM_STALLED_2014: [504, 'UNAVAILABLE', 'conditional', UPSTREAM],

  CONFIGURATION_ERROR_3000: [500, 'FAILED_PRECONDITION', 'no', MISCONFIGURED],
  CONFIG_MISSING_3001: [500, 'FAILED_PRECONDITION', 'no', MISCONFIGURED],
  CONFIG_INVALID_3002: [500, 'FAILED_PRECONDITION', 'no', MISCONFIGURED],

  VALIDATION_ERROR_3500: [400, 'INVALID_ARGUMENT', 'no', 'The input is not valid.'],
  SCHEMA_MISMATCH_3501: [422, 'INVALID_ARGUMENT', 'no', 'The input does not have the right form.'],

  AUTH_ERROR_4000: [401, 'UNAUTHENTICATED', 'no', 'Please sign in.'],
  TOKEN_EXPIRED_4002: [
    401,
    'UNAUTHENTICATED',
    'no',
    'Your session has ended. Please sign in again.',
  ],
  PERMISSION_DENIED_4003: [403, 'PERMISSION_DENIED', 'no', 'You are not allowed to do this.'],

  LLM_ERROR_5000: [502, 'UNKNOWN', 'no', 'The language model failed.'],
  LLM_RATE_LIMITED_5001: [
    429,
    'RESOURCE_EXHAUSTED',
    'yes',
    'The language model is busy. Please try again shortly.',
  ],
  LLM_QUOTA_EXCEEDED_5002: [
    429,
    'RESOURCE_EXHAUSTED',
    'no',
    'The quota for the language model is used up.',
  ],
  LLM_CONTEXT_LENGTH_EXCEEDED_5003: [
    400,
    'INVALID_ARGUMENT',
    'no',
    'The input is too long for the language model.',
  ],
  LLM_CONTENT_FILTERED_5004: [
    422,
    'FAILED_PRECONDITION',
    'no',
    'A safety filter blocked the content.',
  ],
  LLM_INVALID_REQUEST_5005: [
    400,
    'INVALID_ARGUMENT',
    'no',
    'The language model rejected the request.',
  ],
  LLM_INVALID_RESPONSE_5006: [
    502,
    'INTERNAL',
    'conditional',
    'The language model gave an unusable response.',
  ],
  LLM_OUTPUT_TRUNCATED_5007: [
    502,
    'OUT_OF_RANGE',
    'no',
    'The response of the language model is incomplete.',
  ],
  LLM_STREAM_INTERRUPTED_5008: [
    502,
    'UNAVAILABLE',
    'conditional',
    'The response of the language model was cut off.',
  ],
  LLM_TIMEOUT_5009: [504, 'DEADLINE_EXCEEDED', 'yes', 'The language model was too slow.'],
  LLM_MODEL_NOT_FOUND_5010: [404, 'NOT_FOUND', 'no', 'The language model does not exist.'],
  LLM_PROVIDER_UNAVAILABLE_5011: [
    503,
    'UNAVAILABLE',
    'yes',
    'The language model is not available right now.',
  ],
  LLM_PROVIDER_OVERLOADED_5012: [
    503,
    'UNAVAILABLE',
    'yes',
    'The language model is overloaded. Please try again shortly.',
  ],
  LLM_PROVIDER_AUTH_FAILED_5013: [500, 'FAILED_PRECONDITION', 'no', MISCONFIGURED],
  LLM_ALL_PROVIDERS_FAILED_5014: [
    503,
    'UNAVAILABLE',
    'conditional',
    'No language model is available right now.',
  ],
  LLM_TOOL_CALL_INVALID_5015: [
    502,
    'INTERNAL',
    'conditional',
    'The language model gave an unusable response.',
  ],
  LLM_BUDGET_EXCEEDED_5017: [402, 'RESOURCE_EXHAUSTED', 'no', 'The budget is used up.'],

  AGENT_ERROR_6000: [500, 'INTERNAL', 'no', 'The agent failed.'],
  AGENT_NOT_FOUND_6001: [404, 'NOT_FOUND', 'no', 'The agent does not exist.'],
  AGENT_UNAVAILABLE_6003: [503, 'UNAVAILABLE', 'yes', 'The agent is not available right now.'],
  AGENT_TIMEOUT_6004: [504, 'DEADLINE_EXCEEDED', 'yes', 'The agent was too slow.'],
  AGENT_INVALID_STATE_6005: [409, 'FAILED_PRECONDITION', 'no', STATE],
  AGENT_MAX_STEPS_EXCEEDED_6006: [500, 'ABORTED', 'no', 'The agent did not finish.'],
  AGENT_GUARDRAIL_BLOCKED_6008: [
    422,
    'FAILED_PRECONDITION',
    'no',
    'A guardrail stopped the agent.',
  ],

  TASK_ERROR_7000: [500, 'INTERNAL', 'no', 'The task failed.'],
  TASK_NOT_FOUND_7001: [404, 'NOT_FOUND', 'no', 'The task does not exist.'],
  TASK_INVALID_STATE_7003: [409, 'FAILED_PRECONDITION', 'no', STATE],
  TASK_TIMEOUT_7004: [504, 'DEADLINE_EXCEEDED', 'yes', 'The task took too long.'],
  TASK_CANCELLED_7005: [499, 'CANCELLED', 'no', 'The task was cancelled.'],
  TASK_DEPENDENCY_FAILED_7006: [
    424,
    'FAILED_PRECONDITION',
    'no',
    'A task that this task depends on failed.',
  ],
  TASK_INTERRUPTED_7007: [
    503,
    'UNAVAILABLE',
    'yes',
    'The task was interrupted. Please try again shortly.',
  ],

  TOOL_ERROR_7500: [502, 'UNKNOWN', 'conditional', 'A tool failed.'],
  TOOL_NOT_FOUND_7501: [404, 'NOT_FOUND', 'no', 'The tool does not exist.'],
  TOOL_INPUT_INVALID_7502: [422, 'INVALID_ARGUMENT', 'no', 'The input of the tool is not valid.'],
  TOOL_TIMEOUT_7504: [504, 'DEADLINE_EXCEEDED', 'conditional', 'A tool was too slow.'],
  TOOL_DENIED_7505: [403, 'PERMISSION_DENIED', 'no', 'This tool is not allowed here.'],

  MEMORY_ERROR_8000: [500, 'INTERNAL', 'no', GENERIC],
  MEMORY_WRITE_CONFLICT_8002: [
    409,
    'ABORTED',
    'yes',
    'This was changed elsewhere. Please try again.',
  ],
  VECTOR_STORE_UNAVAILABLE_8003: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],

  CACHE_ERROR_8500: [500, 'INTERNAL', 'no', GENERIC],
  CACHE_UNAVAILABLE_8501: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],

  CONNECTION_ERROR_9000: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],
  CONNECTION_REFUSED_9001: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],
  CONNECTION_RESET_9002: [503, 'UNAVAILABLE', 'conditional', UNAVAILABLE],
  CONNECTION_TIMEOUT_9003: [504, 'DEADLINE_EXCEEDED', 'yes', TOO_SLOW],
  DNS_FAILURE_9004: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],
  TLS_FAILURE_9005: [502, 'FAILED_PRECONDITION', 'no', UPSTREAM],
  POOL_EXHAUSTED_9006: [503, 'RESOURCE_EXHAUSTED', 'yes', BUSY],
  CLIENT_CLOSED_9007: [503, 'FAILED_PRECONDITION', 'no', UNAVAILABLE],
  PROTOCOL_ERROR_9008: [502, 'INTERNAL', 'no', UPSTREAM],
  EGRESS_BLOCKED_9009: [403, 'PERMISSION_DENIED', 'no', 'This address is not allowed.'],
  REDIS_ERROR_9100: [500, 'INTERNAL', 'no', GENERIC],
  REDIS_UNAVAILABLE_9101: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],
  REDIS_AUTH_FAILED_9102: [500, 'FAILED_PRECONDITION', 'no', MISCONFIGURED],
  REDIS_OUT_OF_MEMORY_9103: [507, 'RESOURCE_EXHAUSTED', 'no', 'There is no storage space left.'],
  REDIS_CONFLICT_9104: [409, 'ABORTED', 'yes', 'This was changed elsewhere. Please try again.'],
  DATABASE_ERROR_9200: [500, 'INTERNAL', 'no', GENERIC],
  DATABASE_CONFLICT_9202: [409, 'ABORTED', 'yes', 'This was changed elsewhere. Please try again.'],

  RATE_LIMITED_9500: [
    429,
    'RESOURCE_EXHAUSTED',
    'yes',
    'Too many requests. Please try again shortly.',
  ],
  CIRCUIT_OPEN_9501: [503, 'UNAVAILABLE', 'yes', UNAVAILABLE],
  BULKHEAD_FULL_9502: [503, 'RESOURCE_EXHAUSTED', 'yes', BUSY],
  RETRIES_EXHAUSTED_9503: [503, 'UNAVAILABLE', 'no', UNAVAILABLE],
};

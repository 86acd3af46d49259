/**
 * Every error code of the platform: the key without its number, the value with it.
 *
 * Numbers are never reused, so a code in an old log keeps its meaning.
 *
 * @example
 * import { ErrorCode } from '@map/errors';
 *
 * ErrorCode.LLM_RATE_LIMITED; // 'LLM_RATE_LIMITED_5001'
 */
export const ErrorCode = {
  SYSTEM_ERROR: 'SYSTEM_ERROR_1000',
  UNKNOWN_ERROR: 'UNKNOWN_ERROR_1001',
  OPERATION_TIMEOUT: 'OPERATION_TIMEOUT_1002',
  OPERATION_CANCELLED: 'OPERATION_CANCELLED_1003',
  SERVICE_UNAVAILABLE: 'SERVICE_UNAVAILABLE_1005',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED_1006',
  STORAGE_FULL: 'STORAGE_FULL_1007',
  FILE_SYSTEM_ERROR: 'FILE_SYSTEM_ERROR_1008',
  SERIALIZATION_ERROR: 'SERIALIZATION_ERROR_1009',
  PROGRAMMING_ERROR: 'PROGRAMMING_ERROR_1010',
  MULTIPLE_ERRORS: 'MULTIPLE_ERRORS_1012',

  API_ERROR: 'API_ERROR_2000',
  BAD_REQUEST: 'BAD_REQUEST_2001',
  NOT_FOUND: 'NOT_FOUND_2002',
  CONFLICT: 'CONFLICT_2004',
  UPSTREAM_ERROR: 'UPSTREAM_ERROR_2010',
  UPSTREAM_TIMEOUT: 'UPSTREAM_TIMEOUT_2011',
  UPSTREAM_REJECTED: 'UPSTREAM_REJECTED_2012',
  UPSTREAM_BAD_RESPONSE: 'UPSTREAM_BAD_RESPONSE_2013',

  CONFIGURATION_ERROR: 'CONFIGURATION_ERROR_3000',
  CONFIG_MISSING: 'CONFIG_MISSING_3001',
  CONFIG_INVALID: 'CONFIG_INVALID_3002',

  VALIDATION_ERROR: 'VALIDATION_ERROR_3500',
  SCHEMA_MISMATCH: 'SCHEMA_MISMATCH_3501',

  AUTH_ERROR: 'AUTH_ERROR_4000',
  TOKEN_EXPIRED: 'TOKEN_EXPIRED_4002',
  PERMISSION_DENIED: 'PERMISSION_DENIED_4003',

  LLM_ERROR: 'LLM_ERROR_5000',
  LLM_RATE_LIMITED: 'LLM_RATE_LIMITED_5001',
  LLM_QUOTA_EXCEEDED: 'LLM_QUOTA_EXCEEDED_5002',
  LLM_CONTEXT_LENGTH_EXCEEDED: 'LLM_CONTEXT_LENGTH_EXCEEDED_5003',
  LLM_CONTENT_FILTERED: 'LLM_CONTENT_FILTERED_5004',
  LLM_INVALID_REQUEST: 'LLM_INVALID_REQUEST_5005',
  LLM_INVALID_RESPONSE: 'LLM_INVALID_RESPONSE_5006',
  LLM_OUTPUT_TRUNCATED: 'LLM_OUTPUT_TRUNCATED_5007',
  LLM_STREAM_INTERRUPTED: 'LLM_STREAM_INTERRUPTED_5008',
  LLM_TIMEOUT: 'LLM_TIMEOUT_5009',
  LLM_MODEL_NOT_FOUND: 'LLM_MODEL_NOT_FOUND_5010',
  LLM_PROVIDER_UNAVAILABLE: 'LLM_PROVIDER_UNAVAILABLE_5011',
  LLM_PROVIDER_OVERLOADED: 'LLM_PROVIDER_OVERLOADED_5012',
  LLM_PROVIDER_AUTH_FAILED: 'LLM_PROVIDER_AUTH_FAILED_5013',
  LLM_ALL_PROVIDERS_FAILED: 'LLM_ALL_PROVIDERS_FAILED_5014',
  LLM_TOOL_CALL_INVALID: 'LLM_TOOL_CALL_INVALID_5015',
  LLM_BUDGET_EXCEEDED: 'LLM_BUDGET_EXCEEDED_5017',

  AGENT_ERROR: 'AGENT_ERROR_6000',
  AGENT_NOT_FOUND: 'AGENT_NOT_FOUND_6001',
  AGENT_UNAVAILABLE: 'AGENT_UNAVAILABLE_6003',
  AGENT_TIMEOUT: 'AGENT_TIMEOUT_6004',
  AGENT_INVALID_STATE: 'AGENT_INVALID_STATE_6005',
  AGENT_MAX_STEPS_EXCEEDED: 'AGENT_MAX_STEPS_EXCEEDED_6006',
  AGENT_GUARDRAIL_BLOCKED: 'AGENT_GUARDRAIL_BLOCKED_6008',

  TASK_ERROR: 'TASK_ERROR_7000',
  TASK_NOT_FOUND: 'TASK_NOT_FOUND_7001',
  TASK_INVALID_STATE: 'TASK_INVALID_STATE_7003',
  TASK_TIMEOUT: 'TASK_TIMEOUT_7004',
  TASK_CANCELLED: 'TASK_CANCELLED_7005',
  TASK_DEPENDENCY_FAILED: 'TASK_DEPENDENCY_FAILED_7006',

  TOOL_ERROR: 'TOOL_ERROR_7500',
  TOOL_NOT_FOUND: 'TOOL_NOT_FOUND_7501',
  TOOL_INPUT_INVALID: 'TOOL_INPUT_INVALID_7502',
  TOOL_TIMEOUT: 'TOOL_TIMEOUT_7504',
  TOOL_DENIED: 'TOOL_DENIED_7505',

  MEMORY_ERROR: 'MEMORY_ERROR_8000',
  MEMORY_WRITE_CONFLICT: 'MEMORY_WRITE_CONFLICT_8002',
  VECTOR_STORE_UNAVAILABLE: 'VECTOR_STORE_UNAVAILABLE_8003',

  CACHE_ERROR: 'CACHE_ERROR_8500',
  CACHE_UNAVAILABLE: 'CACHE_UNAVAILABLE_8501',

  CONNECTION_ERROR: 'CONNECTION_ERROR_9000',
  CONNECTION_REFUSED: 'CONNECTION_REFUSED_9001',
  CONNECTION_RESET: 'CONNECTION_RESET_9002',
  CONNECTION_TIMEOUT: 'CONNECTION_TIMEOUT_9003',
  DNS_FAILURE: 'DNS_FAILURE_9004',
  TLS_FAILURE: 'TLS_FAILURE_9005',
  POOL_EXHAUSTED: 'POOL_EXHAUSTED_9006',
  CLIENT_CLOSED: 'CLIENT_CLOSED_9007',
  PROTOCOL_ERROR: 'PROTOCOL_ERROR_9008',
  REDIS_ERROR: 'REDIS_ERROR_9100',
  REDIS_UNAVAILABLE: 'REDIS_UNAVAILABLE_9101',
  REDIS_AUTH_FAILED: 'REDIS_AUTH_FAILED_9102',
  REDIS_OUT_OF_MEMORY: 'REDIS_OUT_OF_MEMORY_9103',
  REDIS_CONFLICT: 'REDIS_CONFLICT_9104',
  DATABASE_ERROR: 'DATABASE_ERROR_9200',
  DATABASE_CONFLICT: 'DATABASE_CONFLICT_9202',

  RATE_LIMITED: 'RATE_LIMITED_9500',
  CIRCUIT_OPEN: 'CIRCUIT_OPEN_9501',
  BULKHEAD_FULL: 'BULKHEAD_FULL_9502',
  RETRIES_EXHAUSTED: 'RETRIES_EXHAUSTED_9503',
} as const;

/** One of the platform's own codes, number included. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

declare const detailsType: unique symbol;

/** A code made by `defineErrors`; the type remembers the shape of its details. */
export type DefinedCode<C extends string = string, D extends object = Details> = C & {
  readonly [detailsType]: D;
};

/** A code of the platform or one made by `defineErrors`. */
export type AnyErrorCode = ErrorCode | DefinedCode;

/** Facts about one failure: snake_case keys, values that JSON can hold. */
export type Details = Record<string, unknown>;

type CodesStarting<N extends string> = Extract<ErrorCode, `${string}_${N}${number}`>;

export type SystemErrorCode = CodesStarting<'1'>;
export type APIErrorCode = CodesStarting<'2'>;
export type ConfigurationErrorCode = CodesStarting<'30'>;
export type ValidationErrorCode = CodesStarting<'35'>;
export type AuthErrorCode = CodesStarting<'4'>;
export type LLMErrorCode = CodesStarting<'5'>;
export type AgentErrorCode = CodesStarting<'6'>;
export type TaskErrorCode = CodesStarting<'70'>;
export type ToolErrorCode = CodesStarting<'75'>;
export type MemoryErrorCode = CodesStarting<'80'>;
export type CacheErrorCode = CodesStarting<'85'>;
export type ConnectionErrorCode = CodesStarting<'90' | '91' | '92'>;
export type ResilienceErrorCode = CodesStarting<'95'>;

/** What an HTTP exchange leaves behind. */
export interface HttpDetails extends Details {
  api?: string;
  endpoint?: string;
  method?: string;
  status_code?: number;
  request_id?: string;
}

/** What a call to a language model leaves behind; never the prompt. */
export interface LLMDetails extends Details {
  provider?: string;
  model?: string;
  status_code?: number;
  provider_code?: string;
  request_id?: string;
  tokens_delivered?: number;
}

/** What a failed check leaves behind: where and why, never the value. */
export interface ValidationDetails extends Details {
  issues?: readonly ValidationIssue[];
}

/** One failed check: a path such as `user.age` and a sentence. */
export interface ValidationIssue {
  readonly path: string;
  readonly message: string;
}

/** What a network connection or a database leaves behind. */
export interface ConnectionDetails extends Details {
  host?: string;
  port?: number;
  syscall?: string;
  system_code?: string;
  command?: string;
}

/** What a limit leaves behind. */
export interface ResilienceDetails extends Details {
  limit?: number;
  attempts?: number;
  status_code?: number;
}

/** The details that fit a code; other keys may be added to the known ones. */
export type DetailsOf<C extends AnyErrorCode> = C extends { readonly [detailsType]: infer D }
  ? D
  : C extends APIErrorCode
    ? HttpDetails
    : C extends ValidationErrorCode
      ? ValidationDetails
      : C extends LLMErrorCode
        ? LLMDetails
        : C extends AgentErrorCode
          ? Details & { agent_id?: string }
          : C extends TaskErrorCode
            ? Details & { task_id?: string }
            : C extends ToolErrorCode
              ? Details & { tool?: string }
              : C extends ConnectionErrorCode
                ? ConnectionDetails
                : C extends ResilienceErrorCode
                  ? ResilienceDetails
                  : Details;

/** Facts about one failure: snake_case keys, values that JSON can hold. */
export type Details = Record<string, unknown>;

/** Details of a failure of the process. */
export interface OperationDetails extends Details {
  component?: string | undefined;
  operation?: string | undefined;
}

/** A deadline, in milliseconds. */
export interface TimeoutDetails extends OperationDetails {
  timeout_ms?: number | undefined;
}

/** Details of a failed system call. */
export interface SystemCallDetails extends OperationDetails {
  syscall?: string | undefined;
  system_code?: string | undefined;
  path?: string | undefined;
}

/** Details of a failed HTTP request. */
export interface HttpDetails extends Details {
  api?: string | undefined;
  endpoint?: string | undefined;
  method?: string | undefined;
  status_code?: number | undefined;
  request_id?: string | undefined;
  timeout_ms?: number | undefined;
}

/** One failed check: a path such as `user.age` and a sentence. */
export interface ValidationIssue {
  readonly path: string;
  readonly message: string;
}

/** Details of failed validation: the place and the reason, never the value. */
export interface ValidationDetails extends Details {
  issues?: readonly ValidationIssue[] | undefined;
}

/** Details of a failed model call, never the prompt. */
export interface LLMDetails extends Details {
  provider?: string | undefined;
  model?: string | undefined;
  status_code?: number | undefined;
  provider_code?: string | undefined;
  request_id?: string | undefined;
  tokens_delivered?: number | undefined;
}

/** Which agent failed. */
export interface AgentDetails extends Details {
  agent_id?: string | undefined;
  agent_type?: string | undefined;
}

/** Which task failed. */
export interface TaskDetails extends Details {
  task_id?: string | undefined;
  task_type?: string | undefined;
}

/** Which tool failed. */
export interface ToolDetails extends Details {
  tool?: string | undefined;
}

/** Details of a failed network or database connection. */
export interface ConnectionDetails extends Details {
  host?: string | undefined;
  port?: number | undefined;
  syscall?: string | undefined;
  system_code?: string | undefined;
  command?: string | undefined;
  pool?: string | undefined;
  operation?: string | undefined;
}

/** Details of a Redis error: the first word of the reply. */
export interface RedisDetails extends ConnectionDetails {
  reply?: string | undefined;
}

/** Details of a database error, never a row. */
export interface DatabaseDetails extends ConnectionDetails {
  schema?: string | undefined;
  table?: string | undefined;
  column?: string | undefined;
  constraint?: string | undefined;
}

/** Details of an exceeded limit. */
export interface ResilienceDetails extends Details {
  limit?: number | undefined;
  attempts?: number | undefined;
  status_code?: number | undefined;
}

/** The known details of each code; a code that is not here has details of any shape. */
export interface DetailsByCode {
  UNKNOWN_ERROR_1001: Details & { received?: unknown };
  OPERATION_TIMEOUT_1002: TimeoutDetails;
  OPERATION_CANCELLED_1003: OperationDetails;
  RESOURCE_EXHAUSTED_1006: SystemCallDetails & { limit?: number | undefined };
  STORAGE_FULL_1007: SystemCallDetails;
  FILE_SYSTEM_ERROR_1008: SystemCallDetails;
  PROGRAMMING_ERROR_1010: Details & { unknown_code?: string | undefined };
  MULTIPLE_ERRORS_1012: Details & {
    error_count?: number | undefined;
    errors?: readonly string[] | undefined;
  };

  API_ERROR_2000: HttpDetails;
  BAD_REQUEST_2001: HttpDetails & ValidationDetails;
  NOT_FOUND_2002: HttpDetails;
  CONFLICT_2004: HttpDetails;
  UPSTREAM_ERROR_2010: HttpDetails;
  UPSTREAM_TIMEOUT_2011: HttpDetails;
  UPSTREAM_REJECTED_2012: HttpDetails;
  UPSTREAM_BAD_RESPONSE_2013: HttpDetails;
  UPSTREAM_STALLED_2014: HttpDetails;

  CONFIG_MISSING_3001: Details & { variable?: string | undefined };
  CONFIG_INVALID_3002: SystemCallDetails & ValidationDetails & { variable?: string | undefined };

  VALIDATION_ERROR_3500: ValidationDetails;
  SCHEMA_MISMATCH_3501: ValidationDetails;

  LLM_ERROR_5000: LLMDetails;
  LLM_RATE_LIMITED_5001: LLMDetails & { limit?: number | undefined };
  LLM_QUOTA_EXCEEDED_5002: LLMDetails;
  LLM_CONTEXT_LENGTH_EXCEEDED_5003: LLMDetails & {
    tokens?: number | undefined;
    max_tokens?: number | undefined;
  };
  LLM_CONTENT_FILTERED_5004: LLMDetails;
  LLM_INVALID_REQUEST_5005: LLMDetails;
  LLM_INVALID_RESPONSE_5006: LLMDetails;
  LLM_OUTPUT_TRUNCATED_5007: LLMDetails & { max_tokens?: number | undefined };
  LLM_STREAM_INTERRUPTED_5008: LLMDetails;
  LLM_TIMEOUT_5009: LLMDetails & { timeout_ms?: number | undefined };
  LLM_MODEL_NOT_FOUND_5010: LLMDetails;
  LLM_PROVIDER_UNAVAILABLE_5011: LLMDetails;
  LLM_PROVIDER_OVERLOADED_5012: LLMDetails;
  LLM_PROVIDER_AUTH_FAILED_5013: LLMDetails;
  LLM_ALL_PROVIDERS_FAILED_5014: Details & {
    providers?: readonly string[] | undefined;
    attempts?: number | undefined;
  };
  LLM_TOOL_CALL_INVALID_5015: LLMDetails & ToolDetails;
  LLM_BUDGET_EXCEEDED_5017: LLMDetails & { limit?: number | undefined; spent?: number | undefined };

  AGENT_ERROR_6000: AgentDetails;
  AGENT_NOT_FOUND_6001: AgentDetails;
  AGENT_UNAVAILABLE_6003: AgentDetails;
  AGENT_TIMEOUT_6004: AgentDetails & { timeout_ms?: number | undefined };
  AGENT_INVALID_STATE_6005: AgentDetails & { state?: string | undefined };
  AGENT_MAX_STEPS_EXCEEDED_6006: AgentDetails & { max_steps?: number | undefined };
  AGENT_GUARDRAIL_BLOCKED_6008: AgentDetails & { guardrail?: string | undefined };

  TASK_ERROR_7000: TaskDetails;
  TASK_NOT_FOUND_7001: TaskDetails;
  TASK_INVALID_STATE_7003: TaskDetails & { state?: string | undefined };
  TASK_TIMEOUT_7004: TaskDetails & { timeout_ms?: number | undefined };
  TASK_CANCELLED_7005: TaskDetails;
  TASK_INTERRUPTED_7007: TaskDetails & { reason?: string | undefined };
  TASK_DEPENDENCY_FAILED_7006: TaskDetails & { dependency_id?: string | undefined };

  TOOL_ERROR_7500: ToolDetails;
  TOOL_NOT_FOUND_7501: ToolDetails;
  TOOL_INPUT_INVALID_7502: ToolDetails & ValidationDetails;
  TOOL_TIMEOUT_7504: ToolDetails & { timeout_ms?: number | undefined };
  TOOL_DENIED_7505: ToolDetails;

  CONNECTION_ERROR_9000: ConnectionDetails;
  CONNECTION_REFUSED_9001: ConnectionDetails;
  CONNECTION_RESET_9002: ConnectionDetails;
  CONNECTION_TIMEOUT_9003: ConnectionDetails & { timeout_ms?: number | undefined };
  DNS_FAILURE_9004: ConnectionDetails;
  TLS_FAILURE_9005: ConnectionDetails;
  POOL_EXHAUSTED_9006: ConnectionDetails & {
    in_use?: number | undefined;
    max?: number | undefined;
    waiting?: number | undefined;
  };
  CLIENT_CLOSED_9007: ConnectionDetails;
  PROTOCOL_ERROR_9008: ConnectionDetails;
  EGRESS_BLOCKED_9009: ConnectionDetails;
  REDIS_ERROR_9100: RedisDetails;
  REDIS_UNAVAILABLE_9101: RedisDetails;
  REDIS_AUTH_FAILED_9102: RedisDetails;
  REDIS_OUT_OF_MEMORY_9103: RedisDetails;
  REDIS_CONFLICT_9104: RedisDetails;
  DATABASE_ERROR_9200: DatabaseDetails;
  DATABASE_CONFLICT_9202: DatabaseDetails;

  RATE_LIMITED_9500: ResilienceDetails & HttpDetails;
  CIRCUIT_OPEN_9501: ResilienceDetails & { circuit?: string | undefined };
  BULKHEAD_FULL_9502: ResilienceDetails;
  RETRIES_EXHAUSTED_9503: ResilienceDetails;
}

import { has, read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { byStatus } from './http-client.ts';
import { readStatus } from './http-details.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';

// https://www.jsonrpc.org/specification#error_object and the codes of the Model Context Protocol
const MCP: Readonly<Record<number, ErrorCode>> = {
  [-32000]: ErrorCode.CONNECTION_RESET,
  [-32001]: ErrorCode.TOOL_TIMEOUT,
  [-32002]: ErrorCode.TOOL_NOT_FOUND,
  [-32600]: ErrorCode.TOOL_INPUT_INVALID,
  [-32601]: ErrorCode.TOOL_NOT_FOUND,
  [-32602]: ErrorCode.TOOL_INPUT_INVALID,
  [-32603]: ErrorCode.TOOL_ERROR,
  [-32700]: ErrorCode.TOOL_ERROR,
};

// @openai/agents sets these names by the class.
const OPENAI_AGENTS: Readonly<Record<string, ErrorCode>> = {
  MaxTurnsExceededError: ErrorCode.AGENT_MAX_STEPS_EXCEEDED,
  InputGuardrailTripwireTriggered: ErrorCode.AGENT_GUARDRAIL_BLOCKED,
  OutputGuardrailTripwireTriggered: ErrorCode.AGENT_GUARDRAIL_BLOCKED,
  ToolInputGuardrailTripwireTriggered: ErrorCode.AGENT_GUARDRAIL_BLOCKED,
  ToolOutputGuardrailTripwireTriggered: ErrorCode.AGENT_GUARDRAIL_BLOCKED,
  ModelBehaviorError: ErrorCode.LLM_INVALID_RESPONSE,
  ModelRefusalError: ErrorCode.LLM_CONTENT_FILTERED,
  ModelTimeoutError: ErrorCode.LLM_TIMEOUT,
  InvalidToolInputError: ErrorCode.LLM_TOOL_CALL_INVALID,
  InvalidToolOutputError: ErrorCode.TOOL_ERROR,
  ToolTimeoutError: ErrorCode.TOOL_TIMEOUT,
  UserError: ErrorCode.CONFIG_INVALID,
  SystemError: ErrorCode.AGENT_ERROR,
  AgentsError: ErrorCode.AGENT_ERROR,
};

// The codes of LangChain and LangGraph, in `lc_error_code`.
const LANGCHAIN: Readonly<Record<string, ErrorCode>> = {
  GRAPH_RECURSION_LIMIT: ErrorCode.AGENT_MAX_STEPS_EXCEEDED,
  INVALID_TOOL_RESULTS: ErrorCode.LLM_INVALID_REQUEST,
  MODEL_AUTHENTICATION: ErrorCode.LLM_PROVIDER_AUTH_FAILED,
  MODEL_NOT_FOUND: ErrorCode.LLM_MODEL_NOT_FOUND,
  MODEL_RATE_LIMIT: ErrorCode.LLM_RATE_LIMITED,
  OUTPUT_PARSING_FAILURE: ErrorCode.LLM_INVALID_RESPONSE,
};

// LangGraph sets these names by the class.
const LANGGRAPH: Readonly<Record<string, ErrorCode>> = {
  GraphRecursionError: ErrorCode.AGENT_MAX_STEPS_EXCEEDED,
  NodeTimeoutError: ErrorCode.AGENT_TIMEOUT,
  GraphValueError: ErrorCode.AGENT_ERROR,
  InvalidUpdateError: ErrorCode.AGENT_ERROR,
  EmptyInputError: ErrorCode.AGENT_ERROR,
  EmptyChannelError: ErrorCode.AGENT_ERROR,
  MultipleSubgraphsError: ErrorCode.AGENT_ERROR,
  UnreachableNodeError: ErrorCode.AGENT_ERROR,
};

// LangGraph's own `stepTimeout` is a plain error; what its caller aborts has the reason of the signal.
function recogniseStepTimeout(
  error: object,
  { origin }: RecogniseContext,
): Recognition | undefined {
  const isOfGraph = origin === 'agent' && readString(error, 'message') === 'Abort';
  return isOfGraph && readString(error, 'name') === 'Error'
    ? { code: ErrorCode.AGENT_TIMEOUT }
    : undefined;
}

/** The Model Context Protocol, @openai/agents, LangChain and LangGraph. */
export const recogniseAgent: Recogniser = (error, context) =>
  recogniseMcp(error, context) ??
  recogniseAgents(error, context) ??
  recogniseLangChain(error, context) ??
  recogniseStepTimeout(error, context);

function recogniseMcp(error: object, context: RecogniseContext): Recognition | undefined {
  const name = readString(error, 'name');
  const message = readString(error, 'message') ?? '';
  // The text of a tool's result, as the client's user throws it, has the number in the sentence alone.
  const text = has(error, 'code') ? undefined : /^MCP error (-\d{1,9}): /.exec(message)?.[1];
  const number = readNumber(error, 'code') ?? (text === undefined ? undefined : Number(text));
  // The client's own sentence once its transport was closed.
  if (message === 'Not connected' && !has(error, 'code')) return { code: ErrorCode.CLIENT_CLOSED };
  if (/^(?:Streamable HTTP|SSE) error: /.test(message)) return transportError(error, context);
  const said = /^MCP error -?\d+/.test(message);
  if (number === undefined || !(said || name === 'McpError' || name === 'ProtocolError')) {
    return undefined;
  }
  const details = { rpc_code: number };
  // An aborted request has the number of a timeout, and the reason as its sentence.
  if (message.startsWith('MCP error -32001: AbortError')) {
    return { code: ErrorCode.OPERATION_CANCELLED, details };
  }
  return { code: MCP[number] ?? ErrorCode.TOOL_ERROR, details };
}

/** The response of a server over HTTP, whose status is the code of the error. */
function transportError(error: object, context: RecogniseContext): Recognition | undefined {
  const status = readStatus(error, 'code');
  if (status !== undefined && status >= 400) {
    return byStatus({ status, details: { status_code: status } }, context);
  }
  // The page of a proxy: -1, or the status of success.
  if (readNumber(error, 'code') === undefined) return undefined;
  return { code: ErrorCode.UPSTREAM_BAD_RESPONSE };
}

function recogniseAgents(error: object, context: RecogniseContext): Recognition | undefined {
  // Every error of this library has the state of the run.
  if (!has(error, 'state')) return undefined;
  const name = readString(error, 'name') ?? '';
  if (name === 'ToolCallError' || name === 'GuardrailExecutionError') {
    const inner = context.recurse(read(error, 'error'));
    const own = name === 'ToolCallError' ? ErrorCode.TOOL_ERROR : ErrorCode.AGENT_ERROR;
    return inner ?? { code: own };
  }
  const code = Object.hasOwn(OPENAI_AGENTS, name) ? OPENAI_AGENTS[name] : undefined;
  return code === undefined ? undefined : { code };
}

function recogniseLangChain(error: object, context: RecogniseContext): Recognition | undefined {
  // LangChain marks the error of the SDK itself, also that of a used-up quota as a rate limit.
  if (has(error, 'status')) return undefined;
  const word = readString(error, 'lc_error_code') ?? '';
  const code = Object.hasOwn(LANGCHAIN, word) ? LANGCHAIN[word] : undefined;
  if (code !== undefined) {
    const wait = context.recurse(read(error, 'cause'))?.retryAfterMs;
    return { code, retryAfterMs: wait, details: { provider_code: word } };
  }
  const name = readString(error, 'name') ?? '';
  const own = Object.hasOwn(LANGGRAPH, name) ? LANGGRAPH[name] : undefined;
  return own === undefined ? undefined : { code: own };
}

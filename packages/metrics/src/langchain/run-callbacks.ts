import { isAbortSignal, type SpanAttributes, type SpanOptions } from '@map/redaction/kernel';
import { readChunk } from '../llm/answer/chunk.ts';
import { messageOf } from '../llm/answer/langchain-chunk.ts';
import { requestAttributes } from '../llm/answer/request-attributes.ts';
import type { RecordingOptions } from '../llm/call/call.ts';
import { UnitTree } from '../llm/unit-tree.ts';
import { loose } from '../llm/usage/loose.ts';
import type { LangChainCallbacks, StartedModel } from './callbacks.ts';

/** Makes callbacks; LangChain copies their own members and logs their errors. */
export function callbacksOf(options: RecordingOptions): LangChainCallbacks {
  const runs = new UnitTree(options);
  const startModel = (operation: string, started: StartedModel) => {
    const [model, , runId, parent, extra, , metadata] = started;
    const names = namesOf(model, extra, metadata);
    const request = () => requestOf(model, extra);
    runs.startRequest(runId, parent, { ...names, operation, signal: signalOf(extra), request });
  };
  const end = (_output: unknown, runId: string) => runs.end(runId);
  const fail = (error: unknown, runId: string) => runs.fail(runId, error);
  return {
    awaitHandlers: true,
    handleChatModelStart: (...started) => startModel('chat', started),
    handleLLMStart: (...started) => startModel('text_completion', started),
    handleLLMNewToken: (token, _index, runId, _parent, _tags, fields) => {
      const { message } = loose(loose(fields)['chunk']);
      const news = message === undefined ? {} : readChunk(message);
      runs.read(runId, token !== '' || news.content);
      // The result adds up the output, which Anthropic counts so far in each of these.
      if (news.isOutputSoFar) runs.request(runId)?.reading.chunk(message);
    },
    handleLLMEnd: (output, runId, _parent, _tags, extra) => {
      // A response of LangChain's cache was no request.
      const request = runs.request(runId);
      if (loose(extra)['cached'] === true) request?.withdraw();
      else if (request?.reading.requests.length === 0) request.reading.step(messageOf(output));
      runs.end(runId);
    },
    handleLLMError: fail,
    handleChainStart: (chain, _input, runId, parent, _tags, _metadata, _type, name) =>
      runs.start(
        runId,
        parent,
        parent === undefined ? () => workflow(nameOf(chain, name)) : undefined,
      ),
    handleChainEnd: end,
    handleChainError: fail,
    handleToolStart: (tool, _input, runId, parent, _tags, _metadata, name, callId) =>
      runs.start(runId, parent, () => toolSpan(nameOf(tool, name), callId)),
    handleToolEnd: end,
    handleToolError: fail,
    handleRetrieverStart: (retriever, _input, runId, parent, _tags, _metadata, name) =>
      runs.start(runId, parent, () => retrieval(nameOf(retriever, name))),
    handleRetrieverEnd: end,
    handleRetrieverError: fail,
  };
}

/** A model's description of itself, for LangChain's own traces. */
function namesOf(model: unknown, extra: unknown, metadata: unknown) {
  const { ls_provider: provider, ls_model_name: name } = loose(metadata);
  const invoked = loose(loose(extra)['invocation_params'])['model'];
  return {
    provider: text(provider) ?? '',
    model: text(name) ?? text(invoked) ?? nameOf(model, undefined),
  };
}

function requestOf(model: unknown, extra: unknown): SpanAttributes {
  const { configuration, base_url } = loose(loose(model)['kwargs']);
  const baseUrl = loose(configuration)['baseURL'] ?? base_url;
  return requestAttributes(loose(extra)['invocation_params'], baseUrl);
}

/** The signal of the call, which tells a deadline from an abort. */
function signalOf(extra: unknown): AbortSignal | undefined {
  const { signal } = loose(loose(extra)['options']);
  return isAbortSignal(signal) ? signal : undefined;
}

function workflow(name: string): SpanOptions {
  return {
    name: `invoke_workflow ${name}`,
    kind: 'internal',
    attributes: { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': name },
  };
}

function toolSpan(name: string, callId: unknown): SpanOptions {
  return {
    name: `execute_tool ${name}`,
    kind: 'internal',
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': text(callId),
    },
  };
}

function retrieval(name: string): SpanOptions {
  return {
    name: `retrieval ${name}`,
    kind: 'internal',
    attributes: { 'gen_ai.operation.name': 'retrieval', 'map.retriever': name },
  };
}

/** The name that the application gave, or that of the class. */
function nameOf(serialized: unknown, given: unknown): string {
  const { id } = loose(serialized);
  return text(given) ?? text(Array.isArray(id) ? id.at(-1) : undefined) ?? 'unknown';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

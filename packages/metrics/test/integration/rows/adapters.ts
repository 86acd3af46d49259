import { RunnableLambda } from '@langchain/core/runnables';
import { tool as langchainTool } from '@langchain/core/tools';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { OpenAI } from '@langchain/openai';
import { Runner, setTraceProcessors, setTracingDisabled } from '@openai/agents';
import { generateObject, generateText, streamObject, streamText, ToolLoopAgent } from 'ai';
import { z } from 'zod';
import { mapTelemetry } from '../../../src/ai-sdk/ai-sdk.ts';
import { mapCallbacks } from '../../../src/langchain/langchain.ts';
import { mapTracingProcessor } from '../../../src/openai-agents/openai-agents.ts';
import { clock, drain, type LlmHarness, multi, PRICES } from '../llm-harness.ts';
import {
  called,
  completion,
  response,
  responseStream,
  said,
  textStream,
  toolCompletion,
  toolStream,
  usage,
} from '../llm-replay.ts';
import type { Row } from './row.ts';

const WHOLE = [toolCompletion(), completion({ content: 'noon' })];
const STREAMED = [toolStream(usage(100, 5)), textStream('noon')];
const TWO = { tokens: [200, 10], requests: 2 };

/** What `mapTelemetry` records of the AI SDK. */
const aiSdk = ({ model, manager }: LlmHarness) => ({
  model: model(),
  prompt: 'count',
  maxRetries: 0,
  telemetry: {
    integrations: mapTelemetry({ manager, prices: PRICES }),
    functionId: 'clerk',
  },
});
const object = { schema: z.object({ a: z.string() }) };
const STEPS = [
  'invoke_agent clerk',
  '  step',
  '    chat m',
  '    execute_tool clock',
  '  step',
  '    chat m',
];

/** What `mapCallbacks` records of LangChain. */
const callbacks = ({ manager }: LlmHarness) => ({
  callbacks: [mapCallbacks({ manager, prices: PRICES })],
});
const chain = ({ langchain }: LlmHarness) =>
  RunnableLambda.from(async (input: string, config) => {
    const asked = await langchain().invoke(input, config);
    for (const call of asked.tool_calls ?? []) {
      await langchainClock.invoke({ ...call, type: 'tool_call' }, config);
    }
    let text = '';
    for await (const part of await langchain().stream(input, config)) text += part.text;
    return text;
  }).withConfig({ runName: 'clerk' });

const langchainClock = langchainTool(async () => 'noon', { name: 'clock', schema: z.object({}) });
const graph = ({ langchain }: LlmHarness) =>
  createReactAgent({ llm: langchain(), tools: [langchainClock], name: 'clerk' });
const TASK = { messages: [{ role: 'user' as const, content: 'count' }] };
const GRAPH = ['invoke_workflow clerk', '  chat m', '  execute_tool clock', '  chat m'];

/** What `mapTracingProcessor` records of the agents of OpenAI. */
async function runAgents(
  { agent, manager }: LlmHarness,
  {
    api,
    stream,
    isPrivate,
  }: {
    readonly api: 'completions' | 'responses';
    readonly stream: boolean;
    readonly isPrivate?: boolean;
  },
): Promise<void> {
  setTracingDisabled(false);
  setTraceProcessors([mapTracingProcessor({ manager, prices: PRICES })]);
  try {
    const runner = new Runner({ traceIncludeSensitiveData: isPrivate !== true });
    if (stream) await drain(await runner.run(agent(api), 'x', { stream }));
    else await runner.run(agent(api), 'x');
  } finally {
    setTraceProcessors([]);
    setTracingDisabled(true);
  }
}
const AGENT = [
  'invoke_workflow Agent workflow',
  '  invoke_agent a',
  '    step',
  '      chat m',
  '      execute_tool clock',
  '    step',
  '      chat m',
];
/** The agents SDK does not state the model of a response before its end. */
const UNNAMED = AGENT.map((line) => line.replace('chat m', 'chat'));

export const adapterRows = (llm: LlmHarness): Row[] => [
  {
    name: 'mapTelemetry: generateText',
    replies: WHOLE,
    run: () => generateText({ ...aiSdk(llm), ...multi }),
    ...TWO,
    spans: STEPS,
  },
  {
    name: 'mapTelemetry: streamText',
    replies: STREAMED,
    run: () => drain(streamText({ ...aiSdk(llm), ...multi }).textStream),
    ...TWO,
    spans: STEPS,
  },
  {
    name: 'mapTelemetry: generateObject',
    replies: [completion({ content: '{"a":"b"}' })],
    run: () => generateObject({ ...aiSdk(llm), ...object }),
    tokens: [100, 5],
    spans: ['invoke_agent clerk', '  chat m'],
  },
  {
    name: 'mapTelemetry: streamObject',
    replies: [textStream('{"a":"b"}')],
    run: () => drain(streamObject({ ...aiSdk(llm), ...object }).partialObjectStream),
    tokens: [100, 5],
    spans: ['invoke_agent clerk', '  chat m'],
  },
  {
    name: 'mapTelemetry: an agent, streamed',
    replies: STREAMED,
    run: async () => {
      const { prompt, ...settings } = aiSdk(llm);
      const agent = new ToolLoopAgent({ ...settings, tools: { clock } });
      await drain((await agent.stream({ prompt })).textStream);
    },
    ...TWO,
    spans: STEPS,
  },
  {
    name: 'mapCallbacks: whole',
    replies: [completion({ content: 'a' })],
    run: () => llm.langchain().invoke('x', callbacks(llm)),
    tokens: [100, 5],
  },
  {
    name: 'mapCallbacks: streamed',
    replies: [textStream('abc')],
    run: async () => drain(await llm.langchain().stream('x', callbacks(llm))),
    tokens: [100, 5],
  },
  {
    name: 'mapCallbacks: a batch',
    replies: [completion({ content: 'a' })],
    run: () => llm.langchain(callbacks(llm)).batch(['x', 'y']),
    ...TWO,
    spans: ['chat m', 'chat m'],
  },
  {
    name: 'mapCallbacks: two choices of one request',
    replies: [
      {
        ...completion({ content: 'a' }),
        choices: [0, 1].map((index) => ({
          index,
          finish_reason: 'stop',
          message: { role: 'assistant', content: 'a' },
        })),
      },
    ],
    run: () => llm.langchain({ n: 2 }).invoke('x', callbacks(llm)),
    tokens: [100, 5],
  },
  {
    name: 'mapCallbacks: a completion of text',
    replies: [{ choices: [{ index: 0, text: 'a', finish_reason: 'stop' }], usage: usage(100, 5) }],
    run: () => new OpenAI(llm.langchainOptions()).invoke('x', callbacks(llm)),
    tokens: [100, 5],
    spans: ['text_completion m'],
  },
  {
    name: 'mapCallbacks: a chain with a tool, whole and streamed',
    replies: [toolCompletion(), textStream('noon')],
    run: () => chain(llm).invoke('x', callbacks(llm)),
    ...TWO,
    spans: GRAPH,
  },
  {
    name: 'mapCallbacks: an agent of LangGraph, whole',
    replies: WHOLE,
    run: () => graph(llm).invoke(TASK, callbacks(llm)),
    ...TWO,
    spans: GRAPH,
  },
  {
    name: 'mapCallbacks: an agent of LangGraph, streamed',
    replies: STREAMED,
    run: async () =>
      drain(await graph(llm).stream(TASK, { ...callbacks(llm), streamMode: 'messages' })),
    ...TWO,
    spans: GRAPH,
  },
  {
    name: 'mapTracingProcessor: chat completions, whole',
    replies: WHOLE,
    run: () => runAgents(llm, { api: 'completions', stream: false }),
    ...TWO,
    spans: AGENT,
  },
  {
    name: 'mapTracingProcessor: chat completions, streamed',
    replies: STREAMED,
    run: () => runAgents(llm, { api: 'completions', stream: true }),
    ...TWO,
    spans: AGENT,
  },
  {
    name: 'mapTracingProcessor: responses, whole',
    replies: [response(called), response(said('noon'))],
    run: () => runAgents(llm, { api: 'responses', stream: false }),
    ...TWO,
    spans: UNNAMED,
  },
  {
    name: 'mapTracingProcessor: responses, streamed',
    replies: [responseStream(response(called)), responseStream(response(said('noon')))],
    run: () => runAgents(llm, { api: 'responses', stream: true }),
    ...TWO,
    spans: UNNAMED,
  },
  {
    name: 'mapTracingProcessor: without sensitive data, by the usage of each turn',
    replies: STREAMED,
    run: () => runAgents(llm, { api: 'completions', stream: true, isPrivate: true }),
    ...TWO,
    spans: AGENT,
  },
];

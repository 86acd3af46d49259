import { randomBytes } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BaseError, convertException, ErrorCode } from '@map/config/errors';
import { loadSettings } from '@map/config/settings';
import type { Workshop } from './agent.ts';
import type { Arguments } from './arguments.ts';
import type { Chunk } from './chunk.ts';
import { readCorpus, takeChunks } from './corpus.ts';
import { findModels, type ModelSource } from './model-source.ts';
import type { Paint } from './paint.ts';
import { DEMO, type Ground, type Platform, startPlatform } from './platform.ts';
import { type Screen, showProgress } from './progress.ts';
import { type Ask, findRedis, type RedisSource } from './redis-source.ts';
import { clearKeys, type RunResult, runAgents } from './run.ts';
import { keyLines, parseScrape, type Sample, sumOf } from './scrape.ts';
import { longestStory } from './story.ts';
import { formatMs, type Outcome, plural, renderOpening, renderOutcome, row } from './summary.ts';
import { Tally } from './tally.ts';
import { startHere, startProcesses, type Team } from './team.ts';
import { workshopOf } from './workshop.ts';

/** Where a demo shows what it does. */
export interface Stage {
  readonly screen: Screen;
  readonly paint: Paint;
  /** Ends the demo early; its reason says why. */
  readonly signal: AbortSignal;
  readonly ask: Ask | undefined;
}

const ROOT = join(DEMO, '../..');
const LOG_FILE = join(ROOT, '.cache/demo/demo.log');

/**
 * Runs the demo once over the repository's own Markdown files.
 * @returns The exit code: 0 only if every task is done and every connection is closed.
 */
export async function runDemo(args: Arguments, stage: Stage): Promise<number> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const all = await readCorpus(ROOT);
    const preview = loadSettings({ directory: DEMO });
    const redis = await findRedis(preview, args.redis, stage.ask);
    ends.push(() => redis.stop());
    const models = await findModels(preview, args.seed);
    ends.push(() => models.stop());
    const chunks = takeChunks(all, args.tasks ?? defaultTasks(all.length, models));
    const logFile = preview.LOG_FILE ?? LOG_FILE;
    await mkdir(dirname(logFile), { recursive: true });
    const logOffset = await sizeOf(logFile);
    const ground: Ground = {
      overrides: {
        REDIS_URL: redis.url,
        LOG_FILE: logFile,
        ...(models.providers !== undefined && {
          LLM_PROVIDERS_CONFIG: models.providers,
          NO_PROXY: [...preview.NO_PROXY, '127.0.0.1'].join(),
        }),
      },
      redisFromSettings: redis.fromSettings,
    };
    const config = await startPlatform(ground);
    ends.push(() => config.shutdown());
    return await act({ args, stage, ground, config, redis, models, chunks, logFile, logOffset });
  } catch (thrown) {
    const { code, message } = convertException(thrown, { defaultCode: ErrorCode.UNKNOWN_ERROR });
    stage.screen.write(`${stage.paint('red', code)}: ${message}\n`);
    return 1;
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Every chunk once, but no more than a few where each answer costs money. */
function defaultTasks(chunks: number, { endpoints }: ModelSource): number {
  return endpoints.length > 0 ? chunks : Math.min(chunks, 20);
}

/** Everything that a started demo has. */
interface Scene {
  readonly args: Arguments;
  readonly stage: Stage;
  readonly ground: Ground;
  readonly config: Platform;
  readonly redis: RedisSource;
  readonly models: ModelSource;
  readonly chunks: readonly Chunk[];
  readonly logFile: string;
  readonly logOffset: number;
}

async function act(scene: Scene): Promise<number> {
  const { args, stage, config, chunks } = scene;
  const { screen, paint, signal } = stage;
  screen.write(opening(scene));
  const run = randomBytes(4).toString('hex');
  const tally = new Tally(chunks.length + documentsOf(chunks));
  const shop = workshopOf(config, run, tally);
  const team = await startTeam(scene, shop, run);
  const result = await runAgents(chunks, shop, team, showProgress(screen), signal);
  screen.write(renderOutcome(await outcomeOf(scene, shop, result), paint));
  const uncleared = await clearKeys(shop.store);
  if (args.serve && !signal.aborted) {
    const url = config.metricsServer?.url ?? 'no metrics server';
    screen.write(`\n${row('Serving', `${paint('bold', url)} until Ctrl-C`, paint)}\n`);
    await aborted(signal);
  }
  await team.end();
  const closing = await config.shutdown(signal.aborted ? signal.reason.message : 'finished');
  const open = await openConnections(config);
  const problems = problemsOf(tally, result, uncleared);
  if (!closing.ok) problems.push(`did not end: ${closing.notEnded.join(', ')}`);
  if (open > 0) problems.push(`${plural(open, 'connection')} left open`);
  const verdict =
    problems.length === 0
      ? paint(
          'green',
          `every task done, every connection closed in ${formatMs(closing.durationMs)}`,
        )
      : paint('red', problems.join('; '));
  screen.write(`\n${row('Ended', verdict, paint)}\n`);
  return problems.length === 0 ? 0 : 1;
}

/** Lets the agents work in this process, or in others, whose metrics this one adds up. */
function startTeam({ args, ground, config }: Scene, shop: Workshop, run: string): Promise<Team> {
  if (args.processes === 1) return startHere(shop);
  const { url } = config.metricsServer ?? {};
  const METRICS_PORT = url === undefined ? undefined : new URL(url).port;
  const overrides = { ...ground.overrides, ...(METRICS_PORT !== undefined && { METRICS_PORT }) };
  return startProcesses(args.processes, { run, ground: { ...ground, overrides } }, shop.tally);
}

function opening({ args, stage, config, redis, models, chunks, logFile }: Scene): string {
  const documents = documentsOf(chunks);
  return renderOpening(
    {
      documents,
      chunks: new Set(chunks).size,
      tasks: chunks.length + documents,
      seed: args.seed,
      steps: config.steps,
      redis: redis.description,
      models: models.description,
      metrics: config.metricsServer?.url ?? 'off',
      logs: relative(process.cwd(), logFile),
    },
    stage.paint,
  );
}

function documentsOf(chunks: readonly Chunk[]): number {
  return new Set(chunks.map(({ document }) => document)).size;
}

async function outcomeOf(
  scene: Scene,
  { store, tally }: Workshop,
  { durationMs, failure }: RunResult,
): Promise<Outcome> {
  const { config, models, logFile, logOffset } = scene;
  const prefix = config.settings.METRICS_PREFIX;
  const story = await longestStory(logFile, logOffset).catch(() => undefined);
  // Redis may be what is gone; the summary then tells what is known without it.
  const [documents, keywords] =
    failure === undefined ? await Promise.all([store.summaries(), store.topKeywords(8)]) : [0, []];
  const samples = await scrape(config).catch(() => []);
  const received = models.endpoints.flatMap(({ traceparents }) => traceparents);
  return {
    tally,
    documents,
    durationMs,
    keywords,
    story,
    redisOperations: sumOf(samples, `${prefix}connection_operation_duration_seconds_count`, {
      kind: 'redis',
    }),
    traceReceived:
      story && models.endpoints.length > 0
        ? received.some((traceparent) => traceparent.includes(story.traceId))
        : undefined,
    metricLines: keyLines(samples),
  };
}

async function scrape({ metricsServer }: Platform): Promise<Sample[]> {
  if (metricsServer === undefined) return [];
  const response = await fetch(new URL('/metrics', metricsServer.url));
  return parseScrape(await response.text());
}

function problemsOf(
  tally: Tally,
  { failure }: RunResult,
  uncleared: BaseError | undefined,
): string[] {
  const problems: string[] = [];
  if (failure !== undefined) problems.push(`${failure.code}: ${failure.message}`);
  if (tally.done < tally.tasks)
    problems.push(`${tally.done} of ${plural(tally.tasks, 'task')} done`);
  if (uncleared !== undefined) problems.push(`keys not removed (${uncleared.code})`);
  return problems;
}

/** Counts the connections that are open, which a socket may be for a moment after its end. */
async function openConnections({ connections }: Platform): Promise<number> {
  const count = (): number =>
    Object.values(connections.stats()).filter(({ state, open }) => open > 0 || state === 'open')
      .length;
  for (let patience = 20; patience > 0 && count() > 0; patience -= 1) await pause(25);
  return count();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Nothing else keeps the process alive: the metrics server does not.
    const hold = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(hold);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './port.ts';
import { type Program, provide } from './provision.ts';
import { ServerProcess } from './server-process.ts';

export interface PrometheusOptions {
  /** The targets: `['127.0.0.1:9090']`, or with its own path and scheme. */
  targets: (string | { target: string; path?: string; scheme?: 'http' | 'https' })[];
  /** Seconds between two scrapes; 1 by default. */
  scrapeIntervalSeconds?: number;
  /** Rule files by name, written beside the configuration and loaded. */
  rules?: Record<string, string>;
  /** Further arguments: `['--enable-feature=exemplar-storage']`. */
  args?: string[];
}

/** One sample of an instant query. */
export interface PrometheusSample {
  metric: Record<string, string>;
  value: number;
}

/** A private Prometheus on loopback that ends with this process. */
export interface PrometheusServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly log: string;
  /** Evaluates PromQL now; a vector's samples, or one sample of a scalar. */
  query(promql: string): Promise<PrometheusSample[]>;
  /** Asks its HTTP API: `api('targets')` is the `data` of `/api/v1/targets`. */
  api(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

const install = { fedora: 'golang-github-prometheus' };
const prometheus = { name: 'prometheus', packages: ['prometheus'], install };
const promtool = { name: 'promtool', packages: ['prometheus'], install };

/**
 * Starts a private Prometheus that scrapes the given targets.
 *
 * @param options - targets, interval, rules, further arguments
 * @returns the server, answering
 * @throws Error that says what to install where there is no Prometheus available
 */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const program = await provide(prometheus);
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'map-prometheus-'));
  for (const [name, text] of Object.entries(options.rules ?? {})) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  await writeFile(join(directory, 'prometheus.yml'), configuration(options));
  const url = `http://127.0.0.1:${port}`;
  const server = await ServerProcess.start({
    command: program.path,
    args: [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.args ?? []),
    ],
    env: program.env,
    directory,
    isReady: () =>
      fetch(`${url}/-/ready`).then(
        (response) => response.ok,
        () => false,
      ),
  });

  const api = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const body = (await response.json()) as { status: string; data: unknown; error?: string };
    if (body.status !== 'success') throw new Error(`Prometheus refuses ${path}: ${body.error}`);
    return body.data;
  };
  const stop = (): Promise<void> => server.stop();
  return {
    url,
    port,
    get pid() {
      return server.pid;
    },
    get log() {
      return server.log;
    },
    api,
    query: async (promql) => samples(await api(`query?query=${encodeURIComponent(promql)}`)),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * Runs promtool, which comes with Prometheus.
 *
 * @param args - its arguments: `['check', 'metrics']`
 * @param input - text for its standard input
 * @returns what it printed and how it ended; a failed check is a result, not an error
 */
export async function promtoolRun(
  args: string[],
  input = '',
): Promise<{ exitCode: number; output: string }> {
  const program: Program = await provide(promtool);
  const running = promisify(execFile)(program.path, args, {
    env: { ...process.env, ...program.env },
  });
  running.child.stdin?.end(input);
  try {
    const { stdout, stderr } = await running;
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, output: stdout + stderr };
  }
}

function configuration({ targets, scrapeIntervalSeconds = 1, rules = {} }: PrometheusOptions) {
  const jobs = targets.map((entry, index) => {
    const {
      target,
      path = '/metrics',
      scheme = 'http',
    } = typeof entry === 'string' ? { target: entry } : entry;
    return {
      job_name: `job_${index}`,
      scheme,
      metrics_path: path,
      tls_config: { insecure_skip_verify: true },
      static_configs: [{ targets: [target] }],
    };
  });
  const interval = `${scrapeIntervalSeconds}s`;
  // JSON is YAML.
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: Object.keys(rules),
    scrape_configs: jobs,
  });
}

function samples(data: unknown): PrometheusSample[] {
  const { resultType, result } = data as { resultType: string; result: unknown };
  if (resultType === 'vector') {
    const vector = result as { metric: Record<string, string>; value: [number, string] }[];
    return vector.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }
  const [, value] = result as [number, string];
  return [{ metric: {}, value: Number(value) }];
}

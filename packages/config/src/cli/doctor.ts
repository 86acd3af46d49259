import { ConnectionManager } from '@map/connections';
import { redactText, registerSecrets } from '@map/redaction';
import { withSocketHost } from '@map/redaction/kernel';
import { type Settings, secretTexts } from '@map/settings';
import { isRedisConfigured, redisOptions } from '../wiring/connection-options.ts';
import { envName, Providers } from '../wiring/providers.ts';
import type { CommandLine } from './arguments.ts';
import { loadDefinition } from './load-definition.ts';
import { logFileProbe } from './log-file-probe.ts';
import { type Cell, type Output, paint, printable, table } from './output.ts';
import { type Probe, type ProbeReport, portProbe, runProbe } from './probe.ts';
import { queueProbes } from './queue-probes.ts';

/** Addresses of providers whose configuration does not contain a URL. */
const BASE_URLS: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com',
  mistral: 'https://api.mistral.ai/v1',
};

const TONES = { ok: 'good', warning: 'warn', failed: 'bad' } as const;

/** Tests the services in the settings. Exit code 1 if one does not work. */
export async function runDoctor(line: CommandLine, output: Output): Promise<number> {
  const definition = await loadDefinition(line.settings);
  const settings = definition.loadSettings();
  const forget = registerSecrets(secretTexts(settings));
  const connections = new ConnectionManager({ redis: redisOptions(settings) });
  try {
    const run = (probes: readonly Probe[]) =>
      Promise.all(probes.map((probe) => runProbe(probe, line.timeoutMs)));
    // Loading the libraries of the others blocks the event loop, which must not count here.
    const here = await run(localProbes(settings));
    const remote = await run(remoteProbes(settings, connections, line.timeoutMs));
    const queues = await examineQueues(settings, remote, line.timeoutMs);
    const found = [...remote, ...queues, ...here];
    const reports = found.map(redacted);
    const ok = reports.every(({ verdict }) => verdict !== 'failed');
    if (line.json) output.print(JSON.stringify({ ok, probes: reports }, null, 2));
    else output.print(textOf(reports, output));
    return ok ? 0 : 1;
  } finally {
    await connections.closeAllConnections({ timeoutMs: 500 });
    forget();
  }
}

/** The queues of a Redis that works. */
async function examineQueues(
  settings: Settings,
  remote: readonly ProbeReport[],
  timeoutMs: number,
): Promise<readonly ProbeReport[]> {
  const works = remote.some(({ name, verdict }) => name === 'redis' && verdict === 'ok');
  if (!works) return [];
  const { probes, close } = await queueProbes(settings, timeoutMs);
  try {
    return await Promise.all(probes.map((probe) => runProbe(probe, timeoutMs)));
  } finally {
    close();
  }
}

function remoteProbes(
  settings: Settings,
  connections: ConnectionManager,
  timeoutMs: number,
): readonly Probe[] {
  // The limit of the connection passes first: its error is more precise than that of the probe.
  const limitMs = Math.max(1, Math.floor(timeoutMs * 0.9));
  const probes: Probe[] = [redisProbe(settings, connections, limitMs)];
  const providers = new Providers(settings, connections);
  for (const [name, config] of Object.entries(settings.LLM_PROVIDERS_CONFIG)) {
    const { base_url, api_key, enabled } = config;
    const url = base_url ?? (api_key?.isSet ? BASE_URLS[name] : undefined);
    if (url === undefined || enabled === false) continue;
    probes.push(providerProbe(name, url, providers, limitMs));
  }
  return probes;
}

function localProbes({
  METRICS_ENABLED,
  METRICS_HOST,
  METRICS_PORT,
  LOG_FILE,
}: Settings): readonly Probe[] {
  return [
    ...(METRICS_ENABLED ? [portProbe(METRICS_HOST, METRICS_PORT)] : []),
    ...(LOG_FILE !== undefined ? [logFileProbe(LOG_FILE)] : []),
  ];
}

function redisProbe(settings: Settings, connections: ConnectionManager, timeoutMs: number): Probe {
  const configured = isRedisConfigured(settings);
  return {
    name: 'redis',
    target: withoutCredentials(settings.REDIS_URL),
    run: async () => {
      try {
        const ping = () => connections.redisConnection((redis) => redis.ping(), { timeoutMs });
        await ping();
        // The first connection also loads the library, so a second one is timed.
        await connections.close('redis');
        const startedAt = performance.now();
        const reply = await ping();
        const duration_ms = Math.round((performance.now() - startedAt) * 10) / 10;
        return { message: `It replied ${reply}.`, duration_ms };
      } catch (error) {
        if (configured) throw error;
        return {
          verdict: 'warning',
          message: 'Nothing responds at the default address.',
          remedy: 'Set REDIS_URL if the application uses Redis.',
        };
      }
    },
    remedy: (error) => redisRemedy((error as { code?: string }).code ?? ''),
  };
}

function redisRemedy(code: string): string {
  if (code.includes('AUTH'))
    return 'Correct the user or the password in REDIS_URL or REDIS_PASSWORD.';
  if (code.includes('DNS')) return 'Correct the host in REDIS_URL.';
  if (code.includes('TLS'))
    return 'Use rediss:// in REDIS_URL, and set REDIS_TLS_CA_FILE to the CA certificate.';
  return 'Start Redis at this address, or correct REDIS_URL.';
}

function providerProbe(name: string, url: string, providers: Providers, timeoutMs: number): Probe {
  const setting = `LLM_PROVIDERS_CONFIG__${envName(name)}`;
  return {
    name: `provider ${name}`,
    target: withoutCredentials(url),
    run: async (signal) => {
      // No key is sent: any response, even a refusal, shows that the provider is reachable.
      const limits = { timeoutMs, retries: 0 };
      const response = await providers.fetch(name)(url, { redirect: 'manual', signal, limits });
      await response.body?.cancel();
      const message = `It responded with status ${response.status}.`;
      if (response.status < 500) return { message };
      return {
        verdict: 'warning',
        message,
        remedy: `Check the status page of ${name}.`,
      };
    },
    remedy: () =>
      `Correct ${setting}__BASE_URL, or the proxy (${setting}__PROXY, HTTPS_PROXY), or allow this machine to connect.`,
  };
}

function withoutCredentials(text: string): string {
  try {
    const url = new URL(withSocketHost(text));
    url.username = '';
    url.password = '';
    url.search = '';
    return url.href;
  } catch {
    return '(malformed)';
  }
}

function redacted(report: ProbeReport): ProbeReport {
  const { remedy } = report;
  return {
    ...report,
    target: redactText(report.target),
    message: redactText(report.message),
    ...(remedy !== undefined && { remedy: redactText(remedy) }),
  };
}

function textOf(reports: readonly ProbeReport[], output: Output): string {
  const rows = reports.map(({ name, target, verdict, duration_ms, message }): Cell[] => [
    name,
    { text: verdict, tone: TONES[verdict] },
    `${duration_ms} ms`,
    target,
    message,
  ]);
  // The table cuts long results to the width of the terminal.
  const failures = reports
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ name, message }) => paint(output, 'bad', printable(`${name}: ${message}`)));
  const remedies = reports
    .filter(({ remedy }) => remedy !== undefined)
    .map(({ name, verdict, remedy }) => paint(output, TONES[verdict], `${name}: ${remedy}`));
  return [
    table(['probe', 'verdict', 'time', 'target', 'result'], rows, output),
    ...(output.columns !== undefined && failures.length > 0 ? ['', ...failures] : []),
    ...(remedies.length > 0 ? ['', ...remedies] : []),
  ].join('\n');
}

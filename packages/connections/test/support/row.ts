import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ConnectionManagerOptions } from '../../src/index.ts';
import type { TrafficOrder, TrafficReport } from './traffic.ts';

/** One row of the fault table. */
export interface Row {
  readonly name: string;
  readonly options: Omit<ConnectionManagerOptions, 'observer' | 'logger' | 'traceHeaders'>;
  readonly work?: TrafficOrder['work'];
  readonly url?: string;
  readonly tasks?: number;
  readonly pauseMs?: number;
  readonly secret?: string;
  /** Breaks something while the traffic runs, and mends it. */
  fault(steps: Steps): Promise<void>;
}

/** The part of the traffic that a fault uses. */
export interface Steps {
  /** Says that the server is back now, and waits until the traffic has noticed. */
  healed(): Promise<void>;
  sleep(ms: number): Promise<void>;
}

const script = fileURLToPath(new URL('./traffic.ts', import.meta.url));

/** Runs the traffic of a row in a separate process, which has to end by itself. */
export async function runRow(row: Row): Promise<TrafficReport & { exit: number | null }> {
  const order: TrafficOrder = {
    options: row.options,
    tasks: row.tasks ?? 8,
    work: row.work ?? 'set-get',
    pauseMs: row.pauseMs ?? 5,
    secret: row.secret ?? 's3cr3t',
    ...(row.url !== undefined && { url: row.url }),
  };
  const child = fork(script, [JSON.stringify(order)], {
    execArgv: ['--conditions=@map/source', '--unhandled-rejections=strict'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // On a busy machine its exit is reported before its last output.
  const gone = Promise.all([exited, once(child, 'disconnect')]);
  const failure = gone.then(([[code]]): never => {
    throw new Error(`the traffic of "${row.name}" ended early with ${code}: ${output}`);
  });
  failure.catch(() => {});
  try {
    await Promise.race([once(child, 'message'), failure]);
    const fault = row.fault({
      healed: async () => {
        const recovered = once(child, 'message');
        child.send({ type: 'healed', at: Date.now() });
        await Promise.race([recovered, failure]);
      },
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    await Promise.race([fault, failure]);
    const answer = once(child, 'message') as Promise<[TrafficReport]>;
    child.send({ type: 'stop' });
    const [report] = await Promise.race([answer, failure]);
    const [exit] = await exited;
    print(row.name, report);
    return { ...report, exit };
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** Prints a line of the fault table; the bars let `grep '│'` pick the table out. */
function print(name: string, report: TrafficReport): void {
  const failures = Object.entries(report.failed).map(([code, count]) => `${code} × ${count}`);
  const { longestMs, recoveryMs, succeeded } = report;
  const recovery =
    recoveryMs === null
      ? ''
      : `${recoveryMs} ms${recoveryMs > goalMs ? `, goal ${goalMs} ms` : ''}`;
  const cells = [
    name.padEnd(40),
    `${succeeded} ok`.padStart(8),
    `longest ${longestMs} ms`.padEnd(15),
    `back after ${recovery || '–'}`.padEnd(20),
    failures.join(', ') || 'no failure',
  ];
  process.stdout.write(`│ ${cells.join(' │ ')} │\n`);
}

/** In what time the traffic should flow again once the server is back. */
const goalMs = 500;

/** Conditions that hold for every row. */
export const clean = {
  exit: 0,
  uncoded: [],
  leakedSecrets: 0,
  pendingAfterClose: 0,
  openAfterClose: 0,
  left: [],
} as const;

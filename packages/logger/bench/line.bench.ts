import { type Bench, defineBench, type Figure, type Goal } from '@map-tooling/bench';
import { both, contender, sameLine } from './contender.ts';
import { logTapeTo, ours, pinoTo, winstonTo } from './loggers.ts';

const five = ['password', 'card', 'pin', 'ssn', 'iban'];
const plain = ours({ redact: { defaultKeys: false } });
const kind = { kind: 'value', unit: 'ns', better: 'lower', processes: true } as const;

/** Lines that repeat their values, and lines with new ones. */
function figures(row: string, title: string, goals: Goal[]): Record<string, Figure> {
  const common = { unit: 'ns', better: 'lower', goals } as const;
  return {
    [row]: { title, ...common },
    [`${row}-new`]: { title: `${title}, with two values that are new in each line`, ...common },
  };
}

export default [
  defineBench({
    kind: 'values',
    name: 'line',
    figures: figures('line', 'A line of nine fields to a file, each written at once', [
      { against: 'pino, sync', atMost: 0.6 },
    ]),
    processes: true,
    rounds: 7,
    contenders: {
      '@map/logger, line': both('line', ours({ buffering: 'line' })),
      'pino, sync': both('line', pinoTo(true)),
      '@map/logger, line, caller fields': both(
        'line',
        ours({ buffering: 'line', caller: 'always' }),
      ),
    },
    verify: ({ '@map/logger, line': one, 'pino, sync': two }) => sameLine({ one, two }),
  }),
  defineBench({
    kind: 'values',
    name: 'buffered',
    figures: figures('buffered', 'A line of nine fields to a file, buffered', [
      { against: 'pino, buffered', atMost: 0.3 },
      { against: 'winston', atMost: 0.35 },
    ]),
    processes: true,
    rounds: 7,
    contenders: {
      '@map/logger': both('buffered', ours({})),
      'pino, buffered': both('buffered', pinoTo(false)),
      winston: both('buffered', winstonTo),
      LogTape: both('buffered', logTapeTo),
      '@map/logger, caller fields': both('buffered', ours({ caller: 'always' })),
    },
    verify: ({ '@map/logger, caller fields': _, ...outputs }) => sameLine(outputs),
  }),
  defineBench({
    ...kind,
    name: 'redaction',
    title: 'The same line, with five keys to look for and with none',
    goals: [{ against: 'none', atMost: 1.2 }],
    rounds: 7,
    contenders: {
      'five keys': contender(ours({ redact: { defaultKeys: false, keys: five } })),
      none: contender(plain),
    },
  }),
  defineBench({
    kind: 'values',
    name: 'patterns',
    figures: figures('patterns', 'A line that is searched for secrets', [
      { against: 'no patterns', atMost: 1.15 },
    ]),
    processes: true,
    rounds: 7,
    contenders: {
      '@map/logger': both('patterns', ours({ buffering: 'line' })),
      'no patterns': both(
        'patterns',
        ours({ buffering: 'line', redact: { defaultPatterns: false } }),
      ),
    },
  }),
] as Bench[];

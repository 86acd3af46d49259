import { type Bench, defineBench } from '@map-tooling/bench';
import { contender, sameLine } from './contender.ts';
import { logTapeTo, ours, pinoTo, winstonTo } from './loggers.ts';

const five = ['password', 'card', 'pin', 'ssn', 'iban'];
const plain = ours({ redact: { defaultKeys: false } });
const kind = { kind: 'value', unit: 'ns', better: 'lower', processes: true } as const;

export default [
  defineBench({
    ...kind,
    name: 'line',
    title: 'A line of nine fields to a file, each written at once',
    goals: [{ against: 'pino, sync', atMost: 0.6 }],
    rounds: 7,
    contenders: {
      '@map/logger, line': contender(ours({ buffering: 'line' })),
      'pino, sync': contender(pinoTo(true)),
      '@map/logger, line, caller fields': contender(ours({ buffering: 'line', caller: 'always' })),
    },
    verify: ({ '@map/logger, line': one, 'pino, sync': two }) => sameLine({ one, two }),
  }),
  defineBench({
    ...kind,
    name: 'buffered',
    title: 'A line of nine fields to a file, buffered',
    goals: [
      { against: 'pino, buffered', atMost: 0.6 },
      { against: 'winston', atMost: 0.35 },
    ],
    rounds: 7,
    contenders: {
      '@map/logger': contender(ours({})),
      'pino, buffered': contender(pinoTo(false)),
      winston: contender(winstonTo),
      LogTape: contender(logTapeTo),
      '@map/logger, caller fields': contender(ours({ caller: 'always' })),
    },
    verify: ({ '@map/logger, caller fields': _, ...outputs }) => sameLine(outputs),
  }),
  defineBench({
    ...kind,
    name: 'redaction',
    title: 'The same line, with five keys to look for and with none; with and without patterns',
    goals: [{ against: 'none', atMost: 1.2 }],
    rounds: 7,
    contenders: {
      'five keys': contender(ours({ redact: { defaultKeys: false, keys: five } })),
      none: contender(plain),
      'usual keys': contender(ours({})),
      'no patterns': contender(ours({ redact: { defaultPatterns: false } })),
    },
  }),
] as Bench[];

import { BaseError, ErrorCode } from '@map/errors';
import { type Bench, defineBench } from '@map-tooling/bench';

const details = { component: 'database' };
const cause = new Error('The disk is gone.');

// A plain error has the same message and as many frames, and nothing else.
function sameMessage(outputs: Record<string, unknown>): void {
  const messages = Object.values(outputs).map((error) => (error as Error).message);
  if (new Set(messages).size !== 1) throw new Error(`different messages: ${messages.join(', ')}`);
}

const benches: readonly Bench[] = [
  defineBench({
    name: 'creation',
    title: 'Make an error with a code, details and a stack',
    goals: [{ against: 'plain Error', atMost: 1.2 }],
    verify: sameMessage,
    contenders: {
      BaseError: () =>
        new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'It broke.', details }),
      'plain Error': () => new Error('It broke.'),
    },
  }),
  defineBench({
    name: 'creation-with-cause',
    title: 'Make an error around another one',
    goals: [{ against: 'plain Error', atMost: 1.2 }],
    verify: sameMessage,
    contenders: {
      BaseError: () =>
        new BaseError({
          code: ErrorCode.SYSTEM_ERROR,
          message: 'It broke.',
          details,
          originalError: cause,
        }),
      'plain Error': () => new Error('It broke.', { cause }),
    },
  }),
  defineBench({
    name: 'creation-without-stack',
    title: 'Make an expected error, without a stack',
    goals: [{ against: 'plain Error', atMost: 0.15 }],
    verify: sameMessage,
    contenders: {
      BaseError: () =>
        new BaseError({ code: ErrorCode.RATE_LIMITED, message: 'Slow down.', stack: false }),
      'plain Error': () => new Error('Slow down.'),
    },
  }),
];

export default benches;

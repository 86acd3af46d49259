import { BaseError, ErrorCode } from '@map/errors';
import { type Bench, defineBench } from '@map-tooling/bench';
import { deserializeError, serializeError } from 'serialize-error';

const error = new BaseError({
  code: ErrorCode.API_ERROR,
  message: 'External API call failed',
  details: { api: 'example.com', endpoint: '/data', status_code: 503, tags: ['a', 'b'] },
  originalError: Object.assign(new Error('503 Service Unavailable'), { name: 'HTTPError' }),
});
const plain = Object.assign(
  new Error('External API call failed', {
    cause: Object.assign(new Error('503 Service Unavailable'), { name: 'HTTPError' }),
  }),
  {
    code: ErrorCode.API_ERROR,
    details: { api: 'example.com', endpoint: '/data', status_code: 503, tags: ['a', 'b'] },
  },
);
const ours = JSON.stringify(error);
const theirs = JSON.stringify(serializeError(plain));

function sameFacts(outputs: Readonly<Record<string, unknown>>): void {
  for (const [name, output] of Object.entries(outputs)) {
    const { code, message, details } = typeof output === 'string' ? JSON.parse(output) : output;
    const facts = JSON.stringify({ code, message, details });
    const expected = JSON.stringify({
      code: plain.code,
      message: plain.message,
      details: plain.details,
    });
    if (facts !== expected) throw new Error(`${name} gave ${facts}`);
  }
}

const benches: readonly Bench[] = [
  defineBench({
    name: 'json',
    title: 'Write an error as JSON, redacted',
    goals: [{ against: 'serialize-error', atMost: 1 }],
    verify: sameFacts,
    contenders: {
      toJSON: () => JSON.stringify(error),
      'serialize-error': () => JSON.stringify(serializeError(plain)),
    },
  }),
  defineBench({
    name: 'json-back',
    title: 'Read an error from JSON',
    verify: sameFacts,
    contenders: {
      fromJSON: () => BaseError.fromJSON(ours),
      'serialize-error': () => deserializeError(JSON.parse(theirs)),
    },
  }),
];

export default benches;

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTraceparent,
  parseTraceparent,
  parseTracestate,
} from '../../src/context/traceparent.ts';
import { getTraceHeaders, LogContext, runWithContext } from '../../src/index.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const VALID = `00-${TRACE}-${PARENT}-01`;

// https://www.w3.org/TR/trace-context-2/ and the cases of the specification's own test suite.
it('takes time linear in the length of a header', () => {
  for (const blank of [' ', '\t', ',', ' ,']) {
    const before = process.cpuUsage();
    parseTracestate(`a=1${blank.repeat(200_000)}b=2`);
    parseTraceparent(`${VALID}${blank.repeat(200_000)}x`);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  }
});

describe('traceparent', () => {
  it('is read', () => {
    expect(parseTraceparent(VALID)).toEqual({ traceId: TRACE, parentId: PARENT, flags: 1 });
  });

  it.each([
    ['not sampled', `00-${TRACE}-${PARENT}-00`, 0],
    ['a random trace id', `00-${TRACE}-${PARENT}-03`, 3],
    ['flags of the future are ignored', `00-${TRACE}-${PARENT}-ff`, 3],
    ['a higher version', `cc-${TRACE}-${PARENT}-01`, 1],
    ['a higher version with more', `cc-${TRACE}-${PARENT}-01-what-the-future-brings`, 1],
    ['white space around it', ` ${VALID}\t`, 1],
  ])('takes %s', (_, header, flags) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, parentId: PARENT, flags });
  });

  it.each([
    ['version ff', `ff-${TRACE}-${PARENT}-01`],
    ['more after version 00', `${VALID}-extra`],
    ['a dash after version 00', `${VALID}-`],
    ['a higher version with more that has no dash', `cc-${TRACE}-${PARENT}-01.more`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', VALID.toUpperCase()],
    ['a short trace id', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['a long trace id', `00-${TRACE}0-${PARENT}-01`],
    ['a short parent id', `00-${TRACE}-${PARENT.slice(1)}-01`],
    ['one digit of flags', `00-${TRACE}-${PARENT}-1`],
    ['three digits of flags', `00-${TRACE}-${PARENT}-001`],
    ['a letter that is not a digit', `00-${TRACE.replace('4', 'g')}-${PARENT}-01`],
    ['a digit of version', `0-${TRACE}-${PARENT}-01`],
    ['dots for dashes', VALID.replaceAll('-', '.')],
    ['nothing', ''],
    ['two headers as one', `${VALID},${VALID}`],
    ['two headers', [VALID, VALID]],
    ['a number', 7],
  ])('refuses %s', (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('survives being written and read', () => {
    const hex = (length: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
        .map((digits) => digits.join(''))
        .filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.constantFrom(0, 1, 2, 3), (traceId, parentId, flags) => {
        const parent = { traceId, parentId, flags };
        expect(parseTraceparent(formatTraceparent(parent))).toEqual(parent);
      }),
    );
  });
});

describe('tracestate', () => {
  it.each([
    ['one member', 'foo=1', 'foo=1'],
    ['several', 'foo=1,bar=2', 'foo=1,bar=2'],
    ['white space between', 'foo=1 \t , \t bar=2', 'foo=1,bar=2'],
    ['empty members', 'foo=1,,bar=2,', 'foo=1,bar=2'],
    ['several headers', ['foo=1', 'bar=2,baz=3'], 'foo=1,bar=2,baz=3'],
    ['a tenant', 'fw529a3039@dt=FfffffCC;1', 'fw529a3039@dt=FfffffCC;1'],
    ['every kind of key', 'a_-*/1=x', 'a_-*/1=x'],
    ['a key of 256', `z${'a'.repeat(255)}=1`, `z${'a'.repeat(255)}=1`],
    ['a tenant of 241 and a vendor of 14', `${'t'.repeat(241)}@${'v'.repeat(14)}=1`, undefined],
    ['a value with spaces inside', 'foo=a b', 'foo=a b'],
    ['a value of 256', `foo=${'x'.repeat(256)}`, `foo=${'x'.repeat(256)}`],
    ['32 members', members(32), members(32)],
    ['a list of 4,096 characters', `${' '.repeat(4091)}foo=1`, 'foo=1'],
  ])('takes %s', (_, header, expected) => {
    expect(parseTracestate(header)).toBe(expected ?? header);
  });

  it.each([
    ['33 members', members(33)],
    ['the same key twice', 'foo=1,foo=2'],
    ['a member without a value', 'foo'],
    ['a member without a key', '=1'],
    ['an empty value', 'foo='],
    ['a capital key', 'FOO=1'],
    ['a key that starts with a digit', '1foo=1'],
    ['a space before the equals sign', 'foo =1'],
    ['an equals sign in the value', 'foo=bar=baz'],
    ['a key of 257', `z${'a'.repeat(256)}=1`],
    ['a tenant of 242', `${'t'.repeat(242)}@v=1`],
    ['a vendor of 15', `t@${'v'.repeat(15)}=1`],
    ['a tenant without a vendor', 'foo@=1'],
    ['two at signs', 'foo@bar@baz=1'],
    ['a value of 257', `foo=${'x'.repeat(257)}`],
    ['a control character', 'foo=\u0001'],
    ['a list of 4,097 characters', `${' '.repeat(4092)}foo=1`],
    ['a letter beyond ASCII', 'foo=é'],
    ['nothing', ''],
    ['no text', 7],
  ])('drops %s', (_, header) => {
    expect(parseTracestate(header)).toBeUndefined();
  });
});

describe('a trace through this service', () => {
  it('keeps the trace id, the flags and the state, and puts in its own parent id', () => {
    const context = LogContext.fromHeaders({ traceparent: VALID, tracestate: 'foo=1,bar=2' });
    const headers = runWithContext(context, getTraceHeaders);
    const sent = parseTraceparent(headers['traceparent']);
    expect(sent).toMatchObject({ traceId: TRACE, flags: 1 });
    expect(sent?.parentId).not.toBe(PARENT);
    expect(headers['tracestate']).toBe('foo=1,bar=2');
  });

  it('hands on the baggage that came in', () => {
    const context = LogContext.fromHeaders({ traceparent: VALID, baggage: 'tenant=a' });
    expect(runWithContext(context, getTraceHeaders)['baggage']).toBe('tenant=a');
    expect(context.toHeaders()).not.toHaveProperty('baggage');
  });

  it('keeps what was not sampled so', () => {
    const context = LogContext.fromHeaders({ traceparent: `00-${TRACE}-${PARENT}-00` });
    expect(runWithContext(context, getTraceHeaders)['traceparent']).toMatch(/-00$/);
  });

  it('sends version 00 whatever version came in', () => {
    const context = LogContext.fromHeaders({ traceparent: `cc-${TRACE}-${PARENT}-01-more` });
    expect(runWithContext(context, getTraceHeaders)['traceparent']).toMatch(`00-${TRACE}-`);
  });

  it('starts a new trace without a valid parent, and drops the state with it', () => {
    for (const traceparent of [undefined, '', 'nonsense', `ff-${TRACE}-${PARENT}-01`]) {
      const context = LogContext.fromHeaders({ traceparent, tracestate: 'foo=1' });
      const headers = runWithContext(context, getTraceHeaders);
      expect(parseTraceparent(headers['traceparent'])).toBeDefined();
      expect(headers['traceparent']).not.toContain(TRACE);
      expect(headers).not.toHaveProperty('tracestate');
    }
  });

  it('keeps the parent when only the state is not valid', () => {
    const context = LogContext.fromHeaders({ traceparent: VALID, tracestate: 'foo=1,foo=2' });
    expect(context.traceId).toBe(TRACE);
    expect(context.toHeaders()).not.toHaveProperty('tracestate');
  });

  it('reads any kind of headers, in any case', () => {
    const all = [
      { TraceParent: VALID, TRACESTATE: ['a=1', 'b=2'] },
      new Headers({ traceparent: VALID, tracestate: 'a=1,b=2' }),
      new Map([
        ['traceparent', VALID],
        ['tracestate', 'a=1,b=2'],
      ]),
    ];
    for (const headers of all) {
      const context = LogContext.fromHeaders(headers);
      expect(context.traceId).toBe(TRACE);
      expect(context.toHeaders()['tracestate']).toBe('a=1,b=2');
    }
  });

  it('gives any trace id of one’s own one valid form', () => {
    const sent = (trace_id: string) => runWithContext({ trace_id }, getTraceHeaders)['traceparent'];
    expect(sent('unique-trace-123')?.slice(0, 35)).toBe(sent('unique-trace-123')?.slice(0, 35));
    expect(parseTraceparent(sent('unique-trace-123'))).toBeDefined();
    expect(sent('4BF92F35-77B3-4DA6-A3CE-929D0E0E4736')).toContain(TRACE);
    expect(sent(TRACE)).toContain(TRACE);
    expect(parseTraceparent(sent('0'.repeat(32)))).toBeDefined();
  });

  it('continues where the lines show an id of the application, in nested contexts and carriers too', () => {
    const context = LogContext.fromHeaders(
      { traceparent: VALID, tracestate: 'foo=1' },
      { trace_id: 'mine' },
    );
    const sent = runWithContext(context, () => runWithContext({ task_id: 't' }, getTraceHeaders));
    expect(context.traceId).toBe('mine');
    expect(sent['traceparent']).toContain(TRACE);
    expect(sent['tracestate']).toBe('foo=1');
    const received = LogContext.fromCarrier(context.toCarrier());
    expect(received.traceId).toBe('mine');
    expect(received.toHeaders()['traceparent']).toContain(TRACE);
    const other = runWithContext(context, () =>
      runWithContext({ trace_id: 'other' }, getTraceHeaders),
    );
    expect(other['traceparent']).not.toContain(TRACE);
    expect(other).not.toHaveProperty('tracestate');
  });

  it('takes anything for headers or a carrier', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const tracestate of [
      proxy,
      [proxy],
      [{ toString: 1 }],
      [Symbol('s')],
      [null],
      [['a=1']],
    ]) {
      for (const context of [
        LogContext.fromHeaders({ traceparent: VALID, tracestate }),
        LogContext.fromCarrier({ traceparent: VALID, tracestate }),
      ]) {
        expect(context.toHeaders()).not.toHaveProperty('tracestate');
        expect(context.traceId).toBe(TRACE);
      }
    }
    for (const junk of [undefined, null, 7, 'x', [], { traceparent: {} }, { context: 5 }, proxy]) {
      expect(LogContext.fromHeaders(junk).traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(LogContext.fromCarrier(junk).traceId).toMatch(/^[0-9a-f]{32}$/);
    }
  });
});

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}=v`).join(',');
}

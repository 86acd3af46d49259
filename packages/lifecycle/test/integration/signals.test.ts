import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { start } from '../support/child.ts';

describe.concurrent('signals', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s shuts down in order', async (signal) => {
    const child = start('service', 'busy');
    await child.waitFor('ready');
    child.process.kill(signal);
    const { code, output } = await child.ended;
    expect(output).toBe('ready\nserver closed\ndatabase closed\n');
    expect(code).toBe(0);
  });

  test("pm2's message shuts down in order", async () => {
    const child = start('service');
    await child.waitFor('ready');
    child.process.send('something else');
    child.process.send('shutdown');
    expect(await child.ended).toMatchObject({
      code: 0,
      output: 'ready\nserver closed\ndatabase closed\n',
    });
  });

  test('a second signal within a second is that of a tool, and changes nothing', async () => {
    const child = start('service', 'busy');
    await child.waitFor('ready');
    child.process.kill('SIGTERM');
    await child.waitFor('server closed');
    child.process.kill('SIGTERM');
    child.process.kill('SIGINT');
    const { code, output } = await child.ended;
    expect(output).toContain('database closed');
    expect(code).toBe(0);
  });

  test('nor does one that arrives after the shutdown, before the process exits', async () => {
    const child = start('service', 'lingering');
    await child.waitFor('ready');
    child.process.kill('SIGTERM');
    await child.waitFor('shut down');
    child.process.kill('SIGTERM');
    const { code, output } = await child.ended;
    expect(output).toBe('ready\nserver closed\ndatabase closed\nshut down\nlast words\n');
    expect(code).toBe(0);
  });

  test('nor does one that the shutdown hooks of a framework send, however late', async () => {
    const child = start('service', 'hooked');
    await child.waitFor('ready');
    child.process.kill('SIGTERM');
    const { code, output } = await child.ended;
    expect(output).toBe('ready\nserver closed\ndatabase closed\n');
    expect(code).toBe(0);
  });

  test('a later second signal exits at once and names what was in flight, without secrets', async () => {
    const child = start('service', 'stuck');
    await child.waitFor('ready');
    child.process.kill('SIGINT');
    await child.waitFor('server closed');
    await sleep(1_400);
    child.process.kill('SIGINT');
    const { code, output } = await child.ended;
    expect(code).toBe(130);
    expect(output).toContain(
      'Second SIGINT: exiting at once, while ending tasks (import token=**********).',
    );
    expect(output).not.toContain('database closed');
  });

  test('a signal during the start reverts what was started, and exits', async () => {
    const child = start('service', 'starting');
    await child.waitFor('starting');
    child.process.kill('SIGTERM');
    const { code, output } = await child.ended;
    expect(output).toBe('starting\nserver closed\ndatabase closed\nfirst reverted\n');
    expect(code).toBe(0);
  });

  test('a start that fails and is not caught is reported once, and exits 1', async () => {
    const { code, output } = await start('service', 'failing').ended;
    expect(output.match(/no model file/g)).toHaveLength(2); // the line, and the error in it
    expect(output).not.toContain('Unhandled rejection');
    expect(code).toBe(1);
  });

  test.each([
    ['exception', 'Uncaught exception (UNKNOWN_ERROR_1001: nobody catches this'],
    ['rejection', 'Unhandled rejection (UNKNOWN_ERROR_1001: nobody awaits this'],
  ])('an uncaught %s is reported, shuts down in order and exits 1', async (mood, line) => {
    const child = start('service', mood);
    const { code, output } = await child.ended;
    expect(output).toContain(line);
    expect(output).toMatch(/^ {4}at .*service\.ts:\d+:\d+\)?$/m);
    expect(output).not.toContain('hunter2');
    expect(output).toContain('server closed\ndatabase closed\n');
    expect(code).toBe(1);
  });

  test('the guard keeps no process alive, though its parent could send a message', async () => {
    const { code, output } = await start('service', 'idle').ended;
    expect(output).toBe('ready\n');
    expect(code).toBe(0);
  });

  test('after it has stopped listening, a signal ends the process as usual', async () => {
    const child = start('service', 'stopped');
    await child.waitFor('ready');
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGTERM', output: 'ready\n' });
  });
});

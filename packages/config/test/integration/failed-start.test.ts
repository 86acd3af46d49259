import { describe, expect, test } from 'vitest';
import { runChild } from '../support/child.ts';

const WRONG = 'METRICS_PORT (environment): expected an integer, got "abc"';

/** Runs a program whose start fails; the wrong setting is that of the environment. */
async function fail(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string; shown: number }> {
  const wrong: Record<string, string> = args[1] === undefined ? { METRICS_PORT: 'abc' } : {};
  const child = runChild('test/fixtures/failing-start.ts', { args, env: { ...wrong, ...env } });
  const { code } = await child.ended;
  const { stdout, stderr } = child;
  return { code, stdout, stderr, shown: (stdout + stderr).split('CRITICAL').length - 1 };
}

describe.concurrent('a failed start', () => {
  test.each(['uncaught', 'unawaited', 'cleaning', 'unguarded'])(
    'is shown once, in the format that was chosen, and exits 1: %s',
    async (mood) => {
      const { code, stdout, stderr, shown } = await fail([mood], { LOG_FORMAT: 'text' });
      expect(stdout).toMatch(
        /^\S+ \S+ CRITICAL map\.config +Start-up failed at step 2 \(settings\)/,
      );
      expect(stdout).toContain(`\n    - ${WRONG}`);
      expect([code, stderr, shown]).toEqual([1, '', 1]);
    },
  );

  test('is a JSON line without another choice', async () => {
    const { code, stdout, stderr } = await fail(['uncaught']);
    expect(JSON.parse(stdout)).toMatchObject({ message: expect.stringContaining(WRONG) });
    expect([code, stderr]).toEqual([1, '']);
  });

  test('is text by the option, and by the settings of the application', async () => {
    expect((await fail(['formatted'])).stdout).toMatch(/^\S+ \S+ CRITICAL /);
    const own = await fail(['uncaught', 'own'], { LOG_FORMAT: 'text' });
    expect(own.stdout).toContain('\n    - MODEL: is required');
    expect([own.code, own.stderr]).toEqual([1, '']);
  });

  test('has a JSON line if the format is wrong, too', async () => {
    const { stdout } = await fail(['uncaught'], { LOG_FORMAT: 'txt' });
    expect(JSON.parse(stdout)).toMatchObject({ message: expect.stringContaining('LOG_FORMAT') });
  });

  test('is shown once at a later step', async () => {
    const { code, stdout, stderr } = await fail(['uncaught', 'extend'], { LOG_FORMAT: 'text' });
    expect(stdout).toContain('Start-up failed at step 6 (extend): no model file');
    expect([code, stderr]).toEqual([1, '']);
  });

  test.each([
    ['silent', {}],
    ['uncaught', { LOG_LEVEL: 'OFF' }],
  ])('is printed by Node where no log line shows it: %s', async (mood, env) => {
    const { code, stdout, stderr } = await fail([mood, 'extend'], env);
    expect(stderr).toContain('Start-up failed at step 6 (extend): no model file');
    expect([code, stdout]).toEqual([1, '']);
  });

  test('is in the logs if the program catches it, and leaves other errors alone', async () => {
    const caught = await fail(['caught']);
    expect([caught.code, caught.stderr, caught.shown]).toEqual([0, 'caught\n', 1]);
    const again = await fail(['again']);
    expect([again.code, again.shown]).toEqual([1, 1]);
    expect(again.stderr).toContain('Error: another error');
  });

  test("goes to the program's own handler", async () => {
    const { code, shown } = await fail(['handler']);
    expect([code, shown]).toEqual([7, 1]);
  });
});

import { type Bench, defineBench } from '@map-tooling/bench';
import { Type } from '@sinclair/typebox';
import { createEnv } from '@t3-oss/env-core';
import envSchema from 'env-schema';
import { z } from 'zod';
import { defineSettings, integer, string } from '../src/index.ts';

/** Half of the settings are strings, half are numbers. */
function bench(at: number): Bench {
  const names = Array.from({ length: at }, (_, index) => `SETTING_${index}`);
  const each = <T>(text: () => T, number: () => T): Record<string, T> =>
    Object.fromEntries(names.map((name, index) => [name, index % 2 === 0 ? text() : number()]));
  const env = each(
    () => 'some text',
    () => '8',
  );
  const ours = defineSettings(
    each<ReturnType<typeof string> | ReturnType<typeof integer>>(
      () => string({ minLength: 1 }),
      () => integer({ minimum: 0 }),
    ),
    { stock: false },
  );
  const server = each<z.ZodType>(
    () => z.string().min(1),
    () => z.coerce.number().int().min(0),
  );
  const schema = Type.Object(
    each<ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(
      () => Type.String({ minLength: 1 }),
      () => Type.Integer({ minimum: 0 }),
    ),
  );
  return defineBench({
    name: `growth-settings-${at}`,
    title: `Load ${at} settings again`,
    curve: { name: 'growth-settings', title: 'Load settings again', by: 'settings', at },
    rounds: 7,
    verify: (outputs) => {
      for (const [name, output] of Object.entries(outputs)) {
        const loaded = output as Record<string, unknown>;
        const isSame = names.every((key, i) => loaded[key] === (i % 2 === 0 ? 'some text' : 8));
        if (!isSame) throw new Error(`${name} differs`);
      }
    },
    contenders: {
      '@map/settings': () => ours.loadSettings({ env, envFiles: [] }),
      'zod + @t3-oss/env-core': () => createEnv({ server, runtimeEnv: env }),
      'env-schema + typebox': () => envSchema({ schema, env: false, data: env }),
    },
  });
}

export default [10, 40, 160, 640].map(bench);

import { isSecret } from '@map/redaction';
import { expect, test } from 'vitest';
import { defineSettings } from '../../src/define/define-settings.ts';
import { loadSettings } from '../../src/define/get-settings.ts';
import { record } from '../../src/schema/builders.ts';
import { secretTexts } from '../../src/values/secret-texts.ts';
import { fromWorkerData, toWorkerData } from '../../src/values/worker-data.ts';

const settings = loadSettings({
  envFiles: [],
  env: {
    OPENAI_API_KEY: 'k1',
    ENABLED_MODELS: 'a,b',
    REDIS_URL: 'redis://u:p%40ss@h',
    HTTP_PROXY: 'http://h/?token=t0ken&x=1',
  },
});

test('a structured clone brings everything back, frozen', () => {
  const restored = fromWorkerData(structuredClone(toWorkerData(settings)));
  expect({ ...restored }).toEqual({ ...settings });
  expect(restored.OPENAI_API_KEY.reveal()).toBe('k1');
  expect(isSecret(restored.LLM_PROVIDERS_CONFIG.openai?.api_key)).toBe(true);
  expect(Object.isFrozen(restored)).toBe(true);
  expect(() => (restored.ENABLED_MODELS_SET as Set<string>).add('x')).toThrow(TypeError);
  expect(JSON.stringify(restored)).toBe(JSON.stringify(settings));
  expect(JSON.stringify(restored)).not.toContain('k1');
});

test('what only looks like a packed secret comes back as it was', () => {
  const { loadSettings: loadNames } = defineSettings({ NAMES: record() }, { stock: false });
  const env = { NAMES: '{"@map/settings/Secret":"x"}' };
  const names = loadNames({ env, envFiles: [] });
  expect({ ...fromWorkerData(structuredClone(toWorkerData(names))) }).toEqual({ ...names });
});

test('anything else is refused', () => {
  for (const data of [undefined, null, {}, { format: 'x' }]) {
    expect(() => fromWorkerData(data as never)).toThrow(
      '`data` must be the result of toWorkerData(), got ',
    );
  }
});

test('secretTexts lists secrets and the credentials in URLs', () => {
  expect([...secretTexts(settings)].sort()).toEqual(['k1', 'p%40ss', 'p@ss', 't0ken']);
});

import { Type } from '@sinclair/typebox';
import {
  defineSettings,
  duration,
  fromWorkerData,
  getSettings,
  integer,
  json,
  list,
  loadSettings,
  oneOf,
  optional,
  record,
  type Secret,
  type Settings,
  type SettingsDefinition,
  type StockVariables,
  secret,
  set,
  toWorkerData,
  url,
} from '../src/index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<T extends true>(): T | undefined {
  return undefined;
}

const stock = getSettings();
same<Equal<typeof stock, Settings>>();
same<Equal<typeof stock.METRICS_PORT, number>>();
same<Equal<typeof stock.LOG_FORMAT, 'json' | 'text'>>();
same<Equal<typeof stock.OPENAI_API_KEY, Secret>>();
same<Equal<typeof stock.ENABLED_MODELS_SET, ReadonlySet<string>>>();
stock.LLM_PROVIDERS_CONFIG.openai?.api_key?.reveal();
stock.LLM_PROVIDERS_CONFIG['groq']?.timeout;

// @ts-expect-error a wrong name
stock.METRIC_PORT;
// @ts-expect-error settings are read-only
stock.APP_NAME = 'x';
// @ts-expect-error so are lists
stock.ENABLED_MODELS.push('x');
// @ts-expect-error and sets
stock.ENABLED_MODELS_SET.add('x');
// @ts-expect-error a secret is not a string
const text: string = stock.OPENAI_API_KEY;
String(text);

loadSettings({ overrides: { WORKER_COUNT: 8, SHUTDOWN_TIMEOUT: '30s' } });
// @ts-expect-error a wrong type of override
loadSettings({ overrides: { WORKER_COUNT: true } });
// @ts-expect-error a wrong name of an override
loadSettings({ overrides: { WORKER_COUNTS: 8 } });
// @ts-expect-error a wrong option
loadSettings({ overides: {} });

const app = defineSettings(
  {
    DATABASE_URL: url({ schemes: ['postgres'] }),
    TTL: duration({ default: 1 }),
    MODE: oneOf(['a', 'b'], { default: 'a' }),
    TOKEN: optional(secret()),
    SIZES: list(integer()),
    LIMITS: record(integer()),
    TAGS: set(),
    TREE: json(Type.Object({ leaf: Type.Array(Type.String()) })),
    PLAIN: Type.Union([Type.Literal('x'), Type.Literal('y')]),
    METRICS_PORT: optional(integer()),
  },
  {
    required: { production: ['DATABASE_URL', 'OPENAI_API_KEY'] },
    rules: [
      { variables: ['TTL', 'WORKER_COUNT'], check: (s) => s.TTL > s.WORKER_COUNT, message: 'x' },
    ],
  },
);
const own = app.getSettings();
same<Equal<typeof own.DATABASE_URL, string>>();
same<Equal<typeof own.TTL, number>>();
same<Equal<typeof own.MODE, 'a' | 'b'>>();
same<Equal<typeof own.TOKEN, Secret | undefined>>();
same<Equal<typeof own.SIZES, readonly number[]>>();
same<Equal<typeof own.LIMITS, Readonly<Record<string, number>>>>();
same<Equal<typeof own.TAGS, ReadonlySet<string>>>();
same<Equal<typeof own.TREE, { readonly leaf: readonly string[] }>>();
same<Equal<typeof own.PLAIN, 'x' | 'y'>>();
same<Equal<typeof own.METRICS_PORT, number | undefined>>();
same<Equal<typeof own.APP_NAME, string>>();
// @ts-expect-error a wrong name
own.DATABASE_URI;

const restored = fromWorkerData(toWorkerData(own));
same<Equal<typeof restored, typeof own>>();

// @ts-expect-error a rule over a variable that does not exist
defineSettings({ A: integer() }, { rules: [{ variables: ['B'], check: () => true, message: '' }] });
// @ts-expect-error a requirement of one that does not exist
defineSettings({ A: integer() }, { required: { production: ['B'] } });
// @ts-expect-error a default of another type
integer({ default: '1' });
// @ts-expect-error a default that is none of the values
oneOf(['a', 'b'], { default: 'c' });

const alone = defineSettings(Type.Object({ A: Type.Integer() }), { stock: false }).getSettings();
same<Equal<typeof alone.A, number>>();
// @ts-expect-error the stock variables are not there
alone.APP_NAME;

// An exported definition can be typed by hand, as isolatedDeclarations requires.
interface AppVariables {
  readonly SHOP_LIMIT: number;
  readonly SHOP_TOKEN: Secret;
}
const typed: SettingsDefinition<AppVariables & StockVariables, AppVariables & Settings> =
  defineSettings({ SHOP_LIMIT: integer({ default: 3 }), SHOP_TOKEN: secret() });
same<Equal<ReturnType<typeof typed.getSettings>, AppVariables & Settings>>();

// @ts-expect-error: SHOP_LIMIT is a number.
export const wrong: SettingsDefinition<{ readonly SHOP_LIMIT: string }> = defineSettings({
  SHOP_LIMIT: integer(),
});

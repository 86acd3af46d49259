import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresOf } from './define-bench.ts';
import { discover, wanted } from './discover.ts';
import { checkPlaces } from './page/page.ts';
import { publish } from './page/publish.ts';
import { recordOf } from './page/records.ts';
import { type Spent, table, timing, total } from './report.ts';
import type { BenchResult } from './result.ts';
import { type Located, runBench } from './run-bench.ts';
import { type Spender, TimeBudget, weightOf } from './time-budget.ts';
import { load } from './worker.ts';

const help = `bench [name…] measures the packages against their rivals.

  name…     only benches whose name holds one of these: errors, logger/line
  --long    all the rounds that the benches ask for, however long they take; else the whole has
            ten minutes, a package three
  --quick   only show that each runs and that its contenders do the same work
  --json    print the results as JSON
  --page F  also write the results into the tables and charts of a Markdown page; benches that
            do not run keep what was measured before
  --list    print the names
`;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    page: { type: 'string' },
    root: { type: 'string', default: fileURLToPath(new URL('../../..', import.meta.url)) },
  },
});

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main(): Promise<number> {
  if (options.help) {
    print(help);
    return 0;
  }
  const failures: { name: string; error: string }[] = [];
  const benches: Located[] = [];
  for (const { file, package: owner } of await discover(options.root)) {
    try {
      for (const bench of await load(file)) benches.push({ package: owner, file, bench });
    } catch (error) {
      failures.push({ name: relative(options.root, file), error: words(error) });
    }
  }
  const chosen = benches.filter((located) => wanted(names, rowsOf(located), located.file));
  if (options.list) {
    for (const { package: owner, bench } of chosen) {
      for (const [row, { title }] of Object.entries(figuresOf(bench))) {
        print(`${owner}/${row}: ${title}`);
      }
    }
    return failures.length;
  }
  if (chosen.length === 0 && failures.length === 0 && names.length > 0) {
    process.stderr.write(`no bench is called ${names.join(', ')}; --list shows them all\n`);
    return 1;
  }
  if (options.page !== undefined) {
    checkPlaces(
      await readFile(options.page, 'utf8'),
      chosen.map((located) => located.package),
    );
  }

  const known = failures.length === 0 ? benches.flatMap(rowsOf) : undefined;
  const results: BenchResult[] = [];
  const say = options.json ? () => undefined : print;
  const runOne = async (located: Located, budgetMs: number): Promise<void> => {
    const name = nameOf(located);
    try {
      const rows = await runBench(located, options.quick, budgetMs);
      results.push(...rows);
      for (const row of rows) say(table(row));
      if (options.quick) say(`ok ${name}`);
    } catch (error) {
      failures.push({ name, error: words(error) });
      say(`FAILED ${name}`);
    }
  };
  // A timed bench has the machine to itself; a proof that it runs need not wait.
  const spenders = new Map<Located, Spender>(
    chosen.map((located) => [
      located,
      { package: located.package, weight: weightOf(located.bench) },
    ]),
  );
  const budget = new TimeBudget([...spenders.values()]);
  const spent: Spent[] = [];
  const queue = [...spenders];
  const lanes = options.quick ? 2 : 1;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [located, spender] = next;
        const isLimited = !options.long && !options.quick;
        const ms = await budget.spend(spender, (share) =>
          runOne(located, isLimited ? share : Number.POSITIVE_INFINITY),
        );
        spent.push({ package: located.package, name: nameOf(located), seconds: ms / 1000 });
        if (!options.quick) say(`${timing(ms / 1000)}\n`);
      }
    }),
  );

  if (options.page !== undefined && !options.quick) {
    const [cpu] = cpus();
    const machine = `Node ${process.versions.node} on ${cpus().length} × ${cpu?.model.trim()}`;
    await publish(
      options.page,
      results.map((result) => recordOf(result, machine)),
      known,
    );
  }
  if (options.json) {
    const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
    const passed = chosen.length - failures.length;
    const seconds = Object.fromEntries(spent.map(({ name, seconds: took }) => [name, took]));
    print(JSON.stringify({ ...machine, passed, seconds, benches: results, failures }, null, 2));
  } else {
    for (const { name, error } of failures) process.stderr.write(`FAILED ${name}\n${error}\n`);
    const goals = results.flatMap((result) => result.goals);
    if (goals.length > 0) {
      print(`${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
    }
    if (!options.quick) print(total(spent));
    print(`${Math.max(0, chosen.length - failures.length)} passed, ${failures.length} failed`);
  }
  return failures.length > 0 ? 1 : 0;
}

function nameOf({ package: owner, bench }: Located): string {
  return `${owner}/${bench.name}`;
}

function rowsOf({ package: owner, bench }: Located): string[] {
  return Object.keys(figuresOf(bench)).map((row) => `${owner}/${row}`);
}

function words(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.exitCode = await main();

import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { discover, wanted } from './discover.ts';
import { checkPlaces, packageOf } from './page/page.ts';
import { publish } from './page/publish.ts';
import { recordOf } from './page/records.ts';
import { table } from './report.ts';
import type { BenchResult } from './result.ts';
import { type Located, runBench } from './run-bench.ts';
import { TimeBudget } from './time-budget.ts';
import { load } from './worker.ts';

const help = `bench [name…] measures the packages against their rivals.

  name…     only benches whose name holds one of these: errors, logger/line
  --long    all the rounds that the benches ask for, however long they take
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
      for (const bench of await load(file))
        benches.push({ name: `${owner}/${bench.name}`, file, bench });
    } catch (error) {
      failures.push({ name: relative(options.root, file), error: words(error) });
    }
  }
  const chosen = benches.filter(({ name, file }) => wanted(names, name, file));
  if (options.list) {
    for (const { name, bench } of chosen) print(`${name}: ${bench.title}`);
    return failures.length;
  }
  if (chosen.length === 0 && failures.length === 0 && names.length > 0) {
    process.stderr.write(`no bench is called ${names.join(', ')}; --list shows them all\n`);
    return 1;
  }
  if (options.page !== undefined) {
    checkPlaces(
      await readFile(options.page, 'utf8'),
      chosen.map(({ name }) => packageOf(name)),
    );
  }

  const known = failures.length === 0 ? benches.map(({ name }) => name) : undefined;
  const results: BenchResult[] = [];
  const runOne = async (located: Located, budgetMs: number): Promise<void> => {
    try {
      const result = await runBench(located, options.quick, budgetMs);
      if (result) results.push(result);
      if (!options.json) print(result ? `${table(result)}\n` : `ok ${located.name}`);
    } catch (error) {
      failures.push({ name: located.name, error: words(error) });
      if (!options.json) print(`FAILED ${located.name}`);
    }
  };
  // A timed bench has the machine to itself; a proof that it runs need not wait.
  const budget = new TimeBudget(chosen.map(({ name }) => packageOf(name)));
  const queue = [...chosen];
  const lanes = options.quick ? 2 : 1;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const located = next;
        if (options.long || options.quick) await runOne(located, Number.POSITIVE_INFINITY);
        else await budget.spend(packageOf(located.name), (ms) => runOne(located, ms));
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
    print(JSON.stringify({ ...machine, passed, benches: results, failures }, null, 2));
  } else {
    for (const { name, error } of failures) process.stderr.write(`FAILED ${name}\n${error}\n`);
    const goals = results.flatMap((result) => result.goals);
    if (goals.length > 0) {
      print(`${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
    }
    print(`${Math.max(0, chosen.length - failures.length)} passed, ${failures.length} failed`);
  }
  return failures.length > 0 ? 1 : 0;
}

function words(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.exitCode = await main();

// Reports the start of a contender and, on request, proves it.
const { get } = process.getBuiltinModule('node:http');

export const startedAt = performance.now();

export async function report({ settings = {}, port, work = {} } = {}) {
  const { user, system } = process.cpuUsage();
  const figures = {
    milliseconds: performance.now() - startedAt,
    cpuMilliseconds: (user + system) / 1e3,
    megabytes: process.memoryUsage.rss() / 1e6,
  };
  const { APP_NAME, WORKER_COUNT } = settings;
  // The scrape comes after the figures: on either side it loads what the start did without.
  const counted = process.env.PROVE !== undefined && port !== undefined && (await scrape(port));
  process.stderr.write(
    `${JSON.stringify({ ...figures, work: { APP_NAME, WORKER_COUNT, counted, ...work } })}\n`,
  );
  process.exit(0);
}

async function scrape(port) {
  const answer = await new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/metrics', agent: false }, resolve).on('error', reject);
  });
  let text = '';
  for await (const chunk of answer) text += chunk;
  return /^tasks_created_total(\{.*\})? 1$/m.test(text);
}

import { freePort } from '@map-tooling/testing';
import type { Place } from './place.ts';
import { Running, until } from './running.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };

/** Uses the example for Hono: routes, an error, the trace, metrics by route, SIGTERM. */
export async function useServer({ folder, env }: Place, command: string[]): Promise<void> {
  const [program = '', ...args] = command;
  const port = await freePort();
  using server = new Running(program, args, { cwd: folder, env: { ...env, PORT: String(port) } });
  await server.prints('"Listening"');
  const url = `http://127.0.0.1:${port}`;
  await until('response', () =>
    fetch(`${url}/up`).then(
      () => true,
      () => false,
    ),
  );
  const shown = await fetch(`${url}/pears/7`, { headers });
  const text = await shown.text();
  const missing = await fetch(`${url}/pears/none`, { headers });
  const problem = (await missing.json()) as { code?: string; trace_id?: string };
  await server.prints('"Request completed"', 3);
  const metrics = /"metrics":"([^"]+)"/.exec(server.output)?.[1];
  const page = await (await fetch(`${metrics}/metrics`)).text();
  const facts = {
    response: shown.status === 200 && text === '{"id":"7"}',
    problem: problem.code === 'NOT_FOUND_2002' && problem.trace_id === trace,
    trace: new RegExp(`"Pear shown","trace_id":"${trace}"`).test(server.output),
    metrics: page.includes('route="/pears/:id",status_code="404"} 1'),
  };
  const wrong = Object.entries(facts).filter(([, isTrue]) => !isTrue);
  if (wrong.length > 0) throw server.failure(`wrong: ${wrong.map(([name]) => name).join(', ')}`);
  await server.end();
}

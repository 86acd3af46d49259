import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import client from 'prom-client';
import { observeHttpServer } from '../src/http/http.ts';
import { MetricsManager } from '../src/index.ts';
import { metricValue } from '../src/testing.ts';

const REQUESTS = quick ? 200 : 3_000;
const SLICES = quick ? 1 : 3;

/** Adds metrics to a server; gives the number of requests that they hold. */
type Watch = (server: Server) => () => Promise<number>;

/** Microseconds of CPU that the server takes for a request. */
function contender(watch: Watch): ContenderSteps {
  let server: Server;
  let asker: ChildProcess;
  let recorded: () => Promise<number>;
  let sent = 0;
  const ask = async (): Promise<void> => {
    sent += REQUESTS;
    asker.send(REQUESTS);
    await once(asker, 'message');
  };
  return {
    setup: async () => {
      server = createServer((_request, response) => {
        response.setHeader('content-type', 'text/plain');
        response.end('hello');
      });
      recorded = watch(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const script = fileURLToPath(new URL('./http-client.ts', import.meta.url));
      const { port } = server.address() as AddressInfo;
      asker = fork(script, [`http://127.0.0.1:${port}/`]);
      await once(asker, 'message');
    },
    run: async () => {
      const slices: number[] = [];
      for (let slice = 0; slice < SLICES; slice++) {
        const before = process.cpuUsage();
        await ask();
        const { user, system } = process.cpuUsage(before);
        slices.push((user + system) / REQUESTS);
      }
      return slices.sort((a, b) => a - b)[SLICES >> 1] as number;
    },
    output: async () => (await recorded()) / sent,
    teardown: async () => {
      asker.disconnect();
      await once(asker, 'exit');
      server.close();
    },
  };
}

const ours: Watch = (server) => {
  const manager = new MetricsManager();
  observeHttpServer(server, { manager, route: () => '/' });
  const labels = { method: 'GET', route: '/', status_code: 200 };
  return async () => metricValue('http_requests_total', labels, manager);
};

/** The four metrics of ours with the library's own means, as its users write them. */
const byHand: Watch = (server) => {
  const registers = [new client.Registry()];
  const labelNames = ['method', 'route', 'status_code'];
  const requests = new client.Counter({ name: 'requests', help: 'r', labelNames, registers });
  const duration = new client.Histogram({ name: 'duration', help: 'd', labelNames, registers });
  const size = new client.Histogram({ name: 'size', help: 's', labelNames, registers });
  const active = new client.Gauge({ name: 'active', help: 'a', labelNames: ['method'], registers });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const method = request.method ?? 'GET';
    const end = duration.startTimer();
    active.inc({ method });
    response.once('finish', () => {
      const labels = { method, route: '/', status_code: response.statusCode };
      active.dec({ method });
      requests.inc(labels);
      end(labels);
      size.observe(labels, Number(response.getHeader('content-length') ?? 0));
    });
  });
  return async () => (await requests.get()).values[0]?.value ?? 0;
};

export default defineBench({
  name: 'http',
  title: 'CPU of an HTTP server for a small answer',
  kind: 'value',
  unit: 'µs',
  better: 'lower',
  processes: true,
  contenders: {
    '@map/metrics': contender(ours),
    'prom-client, by hand': contender(byHand),
    'no metrics': contender(() => async () => Number.NaN),
  },
  verify: ({ '@map/metrics': mine, 'prom-client, by hand': theirs }) => {
    if (mine !== 1 || theirs !== 1)
      throw new Error(`recorded ${mine} and ${theirs} of all requests`);
  },
});

import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, startFaultProxy } from '@map-tooling/testing';
import { describe, test } from 'vitest';
import { listening, serve } from '../support/http-server.ts';
import { clean, runRow } from '../support/row.ts';

const http = { timeoutMs: 800, connectTimeoutMs: 500 };
/** For rows that are not about time: a busy machine must not bring it in. */
const patient = { timeoutMs: 10_000, connectTimeoutMs: 10_000 };

describe.concurrent('an HTTP server that fails', () => {
  test('a storm of 503, with and without Retry-After', async ({ expect }) => {
    let storm = true;
    let requests = 0;
    await using server = await serve((_request, response) => {
      requests += 1;
      response.statusCode = storm ? 503 : 200;
      if (storm && requests % 2 === 0) response.setHeader('retry-after', '30');
      response.end('body with s3cr3t');
    });
    const report = await runRow({
      name: 'HTTP 503 storm',
      options: { http: { ...http, timeoutMs: 5_000 } },
      work: 'http-get',
      url: `${server.url}/path?token=s3cr3t`,
      async fault({ healed, sleep }) {
        await sleep(1_000);
        storm = false;
        await healed();
        await sleep(200);
      },
    });
    const failures = Object.values(report.failed).reduce((sum, count) => sum + count, 0);
    expect(report).toMatchObject({ ...clean, retryable: ['UPSTREAM_ERROR_2010'] });
    expect(report.retryAfterMs).toContain(30_000);
    expect(report.recoveryMs).not.toBeNull();
    // The budget keeps repetitions a small part of what is sent to a server that fails.
    expect(requests - report.succeeded).toBeLessThanOrEqual(
      Math.ceil((failures + report.succeeded) * 1.2) + 10,
    );
  });

  test('a body that never ends', async ({ expect }) => {
    await using server = await serve((_request, response) => {
      response.write('a little');
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const report = await runRow({
      name: 'slow body',
      options: { http },
      work: 'http-get',
      url: server.url,
      fault: ({ sleep }) => sleep(1_500),
    });
    expect(report).toMatchObject({
      ...clean,
      succeeded: 0,
      retryable: ['UPSTREAM_TIMEOUT_2011'],
    });
  });

  test('a body that is too large', async ({ expect }) => {
    const megabyte = Buffer.alloc(1_000_000, 'x');
    await using server = await serve((_request, response) => {
      response.write(megabyte);
      response.end(megabyte);
    });
    const report = await runRow({
      name: 'huge body',
      options: { http: { ...http, maxResponseBytes: 500_000, timeoutMs: 5_000 } },
      work: 'http-get',
      url: server.url,
      fault: ({ sleep }) => sleep(800),
    });
    expect(report).toMatchObject({ ...clean, succeeded: 0, retryable: [] });
    expect(Object.keys(report.failed)).toEqual(['UPSTREAM_BAD_RESPONSE_2013']);
  });

  for (const work of ['http-get', 'http-post'] as const) {
    test(`connections that are reset, ${work}`, async ({ expect }) => {
      await using server = await serve((request, response) => {
        request.resume();
        request.on('end', () => response.end('whole'));
      });
      await using proxy = await startFaultProxy(server);
      const report = await runRow({
        name: `HTTP reset, ${work}`,
        options: { http },
        work,
        url: `http://127.0.0.1:${proxy.port}`,
        async fault({ healed, sleep }) {
          await sleep(300);
          for (let round = 0; round < 5; round++) {
            proxy.set({ cutAfterBytes: 20 });
            await sleep(100);
            proxy.set({});
            await sleep(50);
          }
          await healed();
          await sleep(200);
        },
      });
      expect(report).toMatchObject(clean);
      // A POST may have been carried out already, so the error does not say to repeat it.
      if (work === 'http-post') expect(report.retryable).toEqual([]);
      expect(report.recoveryMs).not.toBeNull();
    });
  }

  test('a server that does not answer at all', async ({ expect }) => {
    await using server = await serve(() => {});
    await using proxy = await startFaultProxy(server, { blackhole: true });
    const report = await runRow({
      name: 'HTTP half-open',
      options: { http },
      work: 'http-get',
      url: `http://127.0.0.1:${proxy.port}`,
      fault: ({ sleep }) => sleep(1_500),
    });
    expect(report).toMatchObject({
      ...clean,
      succeeded: 0,
      retryable: ['UPSTREAM_TIMEOUT_2011'],
    });
  });

  test('a host that does not exist', async ({ expect }) => {
    const report = await runRow({
      name: 'HTTP DNS failure',
      options: { http },
      work: 'http-get',
      url: 'http://nowhere.invalid/',
      fault: ({ sleep }) => sleep(800),
    });
    expect(report).toMatchObject({ ...clean, succeeded: 0 });
    expect(Object.keys(report.failed)).toContain('DNS_FAILURE_9004');
  });

  test('a certificate for another name', async ({ expect }) => {
    const { cert, key } = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-http-')));
    await using server = await listening(
      createServer({ cert, key }, (_request, response) => response.end('whole')),
      // Not among the names in the certificate.
      '127.0.0.2',
    );
    const report = await runRow({
      name: 'HTTP TLS wrong name',
      options: { http: { ...patient, ca: cert } },
      work: 'http-get',
      url: `https://127.0.0.2:${server.port}`,
      pauseMs: 50,
      fault: ({ sleep }) => sleep(500),
    });
    expect(report).toMatchObject({ ...clean, succeeded: 0, retryable: [] });
    expect(Object.keys(report.failed)).toEqual(['TLS_FAILURE_9005']);
  });
});

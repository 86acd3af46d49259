import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listening, type TestServer } from '../../../support/http-server.ts';
import { type Opened, open } from './open.ts';

export type Fetch = typeof globalThis.fetch;
/** One behaviour of the fetch standard, as a value that can be compared. */
export type Behaviour = (fetch: Fetch, url: string, other: string) => Promise<unknown>;

/** A request as its server saw it. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Latin-1. */
  readonly body: string;
}

/** Sends a request and returns what the server saw. */
export async function echo(fetch: Fetch, url: string, init?: RequestInit): Promise<Echo> {
  const response = await fetch(`${url}/echo`, init);
  return (await response.json()) as Echo;
}

/** How a promise rejects: the name of the error, where the standard gives it one. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'fulfilled';
  } catch (error) {
    const { name } = error as Error;
    return ['AbortError', 'TimeoutError', 'SyntaxError'].includes(name) ? name : 'rejected';
  }
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  const [, kind, argument = ''] = pathname.split('/');
  if (kind === 'echo') {
    const body = (await buffer(request)).toString('latin1');
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body }));
  } else if (kind === 'redirect') {
    request.resume();
    const location = searchParams.get('to');
    response.writeHead(Number(argument), location === null ? {} : { location });
    response.end('moved');
  } else if (kind === 'hops') {
    const left = Number(argument);
    if (left === 0) response.end('arrived');
    else response.writeHead(302, { location: `/hops/${left - 1}` }).end();
  } else if (kind === 'status') {
    response.writeHead(Number(argument), searchParams.get('text') ?? undefined);
    response.end([204, 205, 304].includes(Number(argument)) ? undefined : 'a body');
  } else if (kind === 'headers') {
    response.setHeaders(
      new Map([
        ['x-one', 'a'],
        ['x-many', 'a, b'],
        ['x-latin', 'caf\xe9'],
      ]),
    );
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.end(searchParams.get('body') ?? '');
  } else if (kind === 'typed') {
    response.setHeader('content-type', searchParams.get('type') ?? '');
    response.end(searchParams.get('body') ?? '');
  } else if (kind === 'gzip') {
    response.setHeader('content-encoding', 'gzip');
    response.end(argument === 'broken' ? 'not gzip' : gzipSync('compressed'));
  } else if (kind === 'chunks') {
    for (let index = 0; index < 5; index++) {
      response.write(`chunk${index};`);
      await pause(2);
    }
    if (argument === 'cut') request.socket.destroy();
    else response.end();
  } else if (kind === 'begun') response.write('begun');
}

/**
 * Tests behaviours of the fetch standard here and in Node's own `fetch`, which must agree.
 *
 * @param behaviours - By what they show: the action and the expected result.
 */
export function testStandard(behaviours: Record<string, readonly [Behaviour, unknown]>): void {
  let server: TestServer;
  let other: TestServer;
  let ours: Opened;
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void respond(request, response).catch(() => response.destroy());

  beforeAll(async () => {
    [server, other] = await Promise.all([
      listening(createServer(listener)),
      listening(createServer(listener)),
    ]);
    ours = open();
  });
  afterAll(async () => {
    await ours[Symbol.asyncDispose]();
    await Promise.all([server[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
  });

  test.each(Object.keys(behaviours))('%s', async (title) => {
    const [behave, expected] = behaviours[title] as readonly [Behaviour, unknown];
    const result = await behave(ours.fetch as Fetch, server.url, other.url);
    const ofNode = await behave(fetch, server.url, other.url);
    expect({ result, ofNode }).toEqual({ result: expected, ofNode: expected });
    expect(ours.pending()).toBe(0);
  });
}

import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { APICallError } from 'ai';
import axios from 'axios';
import { BrokenCircuitError } from 'cockatiel';
import { build } from 'esbuild';
import got from 'got';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as source from '../../src/index.ts';
import { caught } from '../support/caught.ts';

type Copy = typeof source;

const { ErrorCode } = source;
let folder: string;
let esm: Copy;
let cjs: Copy;

async function bundle(format: 'esm' | 'cjs'): Promise<string> {
  const outfile = join(folder, `errors.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    entryPoints: [new URL('../../src/index.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    // The packages below are bundled from their sources: the test needs no build.
    conditions: ['@map/source'],
    format,
    outfile,
  });
  return outfile;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-errors-'));
  esm = await import(pathToFileURL(await bundle('esm')).href);
  cjs = createRequire(import.meta.url)(await bundle('cjs'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('copies of the package: source, minified ESM, minified CommonJS', () => {
  const copies = (): readonly Copy[] => [source, esm, cjs];
  const make = (copy: Copy): source.BaseError =>
    new copy.LLMError({
      code: ErrorCode.LLM_RATE_LIMITED,
      message: 'Slow down.',
      retryAfterMs: 5,
      originalError: new Error('Inner.'),
    });

  test('each knows the errors of the others', () => {
    for (const one of copies()) {
      for (const other of copies()) {
        const error = make(one);
        expect(other.isBaseError(error)).toBe(true);
        expect(other.convertException(error)).toBe(error);
        expect(other.isRetryable(error)).toBe(true);
        const back = other.BaseError.fromJSON(error.toJSON());
        expect(back).toBeInstanceOf(other.LLMError);
        expect(back.toJSON()).toEqual(error.toJSON());
      }
    }
  });

  test('names survive the minifier', () => {
    for (const copy of [esm, cjs]) {
      const error = make(copy);
      expect(error.name).toBe('LLMError');
      expect(error.stack).toMatch(/^LLMError: Slow down\./);
      expect(copy.BaseError.fromJSON({ code: ErrorCode.TASK_ERROR, message: 'x' }).name).toBe(
        'TaskError',
      );
    }
  });

  test('own domains and converters are known to all', () => {
    const { ErrorCode: codes } = esm.defineErrors({
      category: 'warehouse',
      errors: {
        EMPTY_SHELF: {
          number: 11_001,
          httpStatus: 409,
          grpcCode: 'FAILED_PRECONDITION',
          retry: 'yes',
          userMessage: 'Nothing left.',
        },
      },
    });
    const json = { code: codes.EMPTY_SHELF, message: 'Nothing left.' };
    expect(cjs.BaseError.fromJSON(json)).toMatchObject({
      name: 'WarehouseError',
      retryable: true,
      httpStatus: 409,
    });
    const remove = cjs.registerConverter(() => ({ code: codes.EMPTY_SHELF }));
    expect(source.convertException(new Error('x')).category).toBe('warehouse');
    remove();
    expect(source.convertException(new Error('x')).category).toBe('system');
  });

  test('a minified copy classifies the same', async () => {
    const raw: unknown[] = [
      await caught(() => readFile('/nope')),
      await caught(() => fetch('http://127.0.0.1:1')),
      await caught(() => fetch('http://nope.invalid')),
      await caught(() => got('http://127.0.0.1:1', { retry: { limit: 0 } })),
      await caught(() => axios.get('http://127.0.0.1:1')),
      await caught(() => z.string().parse(1)),
      await caught(() => JSON.parse('{')),
      new BrokenCircuitError(),
      OpenAI.APIError.generate(429, { error: { code: 'insufficient_quota' } }, '', new Headers()),
      new APICallError({ message: 'x', url: 'http://h', requestBodyValues: {}, statusCode: 529 }),
      new Error('WRONGTYPE Operation against a key'),
      new AggregateError([new TypeError('x'), 'y'], 'Both.'),
      new DOMException('Late.', 'TimeoutError'),
      new TypeError('x'),
      'text',
    ];
    for (const error of raw) {
      const expected = source.convertException(error).toJSON();
      for (const copy of [esm, cjs]) {
        expect(copy.convertException(error).toJSON()).toEqual(expected);
      }
    }
    expect(new Set(raw.map((error) => source.convertException(error).code)).size).toBeGreaterThan(
      9,
    );
  });
});

describe('other processes', () => {
  const script = `
    const { BaseError, convertException } = require(process.env.COPY);
    const { parentPort } = require('node:worker_threads');
    const port = parentPort ?? { on: process.on.bind(process), postMessage: (m) => process.send(m) };
    port.on('message', (message) => {
      const error = BaseError.fromJSON(message);
      const outer = convertException(new Error('Over there.', { cause: error }), {
        details: { seen: error.name, agreed: error.retryable },
      });
      port.postMessage(outer.toJSON());
      if (parentPort) parentPort.close(); else process.disconnect();
    });`;
  const inner = new source.TaskError({
    code: ErrorCode.TASK_TIMEOUT,
    message: 'Too slow.',
    details: { task_id: 't-1' },
    retryAfterMs: 70,
    retryable: false,
  });
  const expected = {
    name: 'TaskError',
    code: ErrorCode.TASK_TIMEOUT,
    message: 'Over there.',
    details: { task_id: 't-1', seen: 'TaskError', agreed: false },
    retryAfterMs: 70,
    retryable: false,
  };

  test('a worker thread, there and back', async () => {
    const env = { ...process.env, COPY: join(folder, 'errors.cjs') };
    const worker = new Worker(script, { eval: true, env });
    const answer = new Promise((resolve) => worker.once('message', resolve));
    worker.postMessage(inner.toJSON());
    expect(source.BaseError.fromJSON(await answer)).toMatchObject(expected);
    await worker.terminate();
  });

  test('a child process, there and back', async () => {
    const file = join(folder, 'child.cjs');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, script);
    const child = fork(file, { env: { ...process.env, COPY: join(folder, 'errors.cjs') } });
    const answer = new Promise((resolve) => child.once('message', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.send(inner.toJSON());
    expect(source.BaseError.fromJSON(await answer)).toMatchObject(expected);
    await ended;
  });

  test('an uncaught error prints no secret of its cause', async () => {
    const file = join(folder, 'uncaught.cjs');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      file,
      `const { convertException } = require(${JSON.stringify(join(folder, 'errors.cjs'))});
       const cause = Object.assign(new Error('password=NOBODYMAYSEE'), { token: 'NOBODYMAYSEE' });
       throw convertException(cause);`,
    );
    const child = fork(file, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let output = '';
    child.stderr?.on('data', (data) => {
      output += data;
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(output).toContain('UNKNOWN_ERROR_1001');
    expect(output.split('\n').slice(4).join('\n')).not.toContain('NOBODYMAYSEE');
  });
});

import { freePort, type PostgresServer, startPostgres } from '@map-tooling/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convertException, ErrorCode, isRetryable } from '../../src/index.ts';
import { caught } from '../support/caught.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ config: { max_connections: '12' } });
  await query('create table account (id int primary key, owner text not null)');
  await query("insert into account values (1, 'a'), (2, 'b')");
});

afterAll(() => server.stop());

async function open(options: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url, ...options });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function query(sql: string, options?: pg.ClientConfig): Promise<pg.QueryResult> {
  const client = await open(options);
  try {
    return await client.query(sql);
  } finally {
    client.end().catch(() => {});
  }
}

async function codeOf(run: () => unknown): Promise<string> {
  return convertException(await caught(run)).code;
}

const parts = (): pg.ClientConfig => ({
  connectionString: undefined,
  host: '127.0.0.1',
  port: server.port,
  user: 'postgres',
  database: 'postgres',
});

test.each([
  ['syntax', 'selec 1'],
  ['cast', "select 'NOBODYMAYSEE'::int"],
  ['unique key', "insert into account values (1, 'NOBODYMAYSEE')"],
  ['null', 'insert into account values (90210, null)'],
  ['missing table', 'select * from nope'],
])('a statement that cannot work: %s', async (_title, sql) => {
  const found = convertException(await caught(() => query(sql)));
  expect(found.code).toBe(ErrorCode.DATABASE_ERROR);
  expect(found.details).toHaveProperty('system_code');
  expect(JSON.stringify(found)).not.toMatch(/NOBODYMAYSEE|90210/);
});

test('a role and a database that are not there', async () => {
  const stranger = { ...parts(), user: 'stranger', password: 'NOBODYMAYSEE' };
  expect(await codeOf(() => open(stranger))).toBe(ErrorCode.CONFIG_INVALID);
  expect(await codeOf(() => open({ ...parts(), database: 'nope' }))).toBe(ErrorCode.CONFIG_INVALID);
});

test('a deadlock', async () => {
  const [one, two] = [await open(), await open()];
  await one.query('begin');
  await two.query('begin');
  await one.query("update account set owner = 'x' where id = 1");
  await two.query("update account set owner = 'x' where id = 2");
  const results = [
    one.query("update account set owner = 'y' where id = 2"),
    two.query("update account set owner = 'y' where id = 1"),
  ];
  const raw = await caught(() => Promise.all(results));
  expect(convertException(raw).code).toBe(ErrorCode.DATABASE_CONFLICT);
  expect(isRetryable(raw)).toBe(true);
  await Promise.allSettled(results);
  await Promise.all([one.end(), two.end()]);
});

test('a transaction that came too late', async () => {
  const [one, two] = [await open(), await open()];
  await one.query('begin isolation level serializable');
  await one.query('select * from account');
  await two.query("update account set owner = 'z' where id = 1");
  const late = (): Promise<unknown> => one.query("update account set owner = 'w' where id = 1");
  expect(await codeOf(late)).toBe(ErrorCode.DATABASE_CONFLICT);
  await Promise.all([one.end(), two.end()]);
});

test('statements that take too long', async () => {
  const slow = 'select pg_sleep(5)';
  expect(await codeOf(() => query(slow, { statement_timeout: 50 }))).toBe(
    ErrorCode.OPERATION_TIMEOUT,
  );
  expect(await codeOf(() => query(slow, { query_timeout: 50 }))).toBe(ErrorCode.CONNECTION_TIMEOUT);
});

test('too many connections, at the server and in a pool', async () => {
  const open12 = Array.from({ length: 20 }, () => open());
  expect(await codeOf(() => Promise.all(open12))).toBe(ErrorCode.POOL_EXHAUSTED);
  for (const result of await Promise.allSettled(open12)) {
    if (result.status === 'fulfilled') await result.value.end();
  }
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  const held = await pool.connect();
  // The limit is for the one that has to wait.
  pool.options.connectionTimeoutMillis = 50;
  expect(await codeOf(() => pool.connect())).toBe(ErrorCode.POOL_EXHAUSTED);
  held.release();
  await pool.end();
});

test('a connection that ends', async () => {
  const client = await open();
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const sleeping = client.query('select pg_sleep(5)');
  const raw = caught(() => sleeping);
  await query(`select pg_terminate_backend(${rows[0].pid})`);
  expect(convertException(await raw).code).toBe(ErrorCode.CONNECTION_ERROR);

  const closed = await open();
  await closed.end();
  expect(await codeOf(() => closed.query('select 1'))).toBe(ErrorCode.CLIENT_CLOSED);
});

test('no server', async () => {
  const connectionString = `postgres://user:NOBODYMAYSEE@127.0.0.1:${await freePort()}/x`;
  const found = convertException(await caught(() => open({ connectionString })));
  expect(found.code).toBe(ErrorCode.CONNECTION_REFUSED);
  expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
});

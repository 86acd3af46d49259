import { type PostgresServer, startPostgres } from '@map-tooling/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ConnectionManager,
  type ConnectionType,
  type RegisteredConnection,
} from '../../../src/index.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

function postgres(url: string): ConnectionType<pg.Client> {
  return {
    kind: 'postgres',
    async open({ signal, lost }) {
      const client = new pg.Client({ connectionString: url });
      client.on('error', lost);
      client.on('end', () => lost());
      signal.addEventListener('abort', () => client.end().catch(() => {}));
      await client.connect();
      return client;
    },
    check: (client) => client.query('SELECT 1'),
    reset: async (client) => {
      await client.query('ROLLBACK');
      return true;
    },
    close: (client) => client.end(),
    destroy: (client) => {
      (
        client as unknown as { connection: { stream: { destroy(): void } } }
      ).connection.stream.destroy();
    },
  };
}

async function withPostgres(
  type: Partial<ConnectionType<pg.Client>>,
  work: (database: RegisteredConnection<pg.Client>, manager: ConnectionManager) => Promise<void>,
): Promise<void> {
  const manager = new ConnectionManager();
  const database = manager.register('postgres', { ...postgres(server.url), ...type });
  await work(database, manager);
  await manager.closeAllConnections({ timeoutMs: 500 });
}

describe('a registered connection to PostgreSQL', () => {
  test('is opened on use, pooled, checked, counted and closed', async () => {
    await withPostgres({ pool: { max: 2 } }, async (database, manager) => {
      expect(manager.stats()['postgres']).toMatchObject({ state: 'idle', open: 0 });
      // The first two wait for each other, or one quick connection could serve all ten.
      const bothBorrowed = Promise.withResolvers<void>();
      let borrowed = 0;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          database.use(async (client) => {
            borrowed += 1;
            if (borrowed === 2) bothBorrowed.resolve();
            await bothBorrowed.promise;
            return await client.query('SELECT $1::int AS n', [index]);
          }),
        ),
      );
      expect(answers.map(({ rows }) => rows[0].n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(manager.stats()['postgres']).toMatchObject({
        kind: 'postgres',
        open: 2,
        operations: 10,
      });
      expect(await manager.health()).toMatchObject({
        connections: { postgres: { kind: 'postgres', status: 'pass' } },
      });
      await manager.close('postgres');
      await using lease = await database.acquire();
      expect((await lease.connection.query('SELECT 2 AS n')).rows).toEqual([{ n: 2 }]);
    });
  });

  test('passes the errors of the work and of its queries on unchanged', async () => {
    await withPostgres({}, async (database) => {
      await expect(database.use((client) => client.query('SELEC'))).rejects.toMatchObject({
        name: 'error',
        code: '42601',
      });
      await database.use((client) => client.query('CREATE TABLE users (email text UNIQUE)'));
      const insert = (): Promise<unknown> =>
        database.use((client) => client.query("INSERT INTO users VALUES ('a@b.test')"));
      await insert();
      await expect(insert()).rejects.toMatchObject({ code: '23505', table: 'users' });
      const own = new Error('my own');
      await expect(
        database.use(() => {
          throw own;
        }),
      ).rejects.toBe(own);
    });
  });

  test('throws a connection away that did not answer in time', async () => {
    await withPostgres({ operationTimeoutMs: 100, pool: { max: 1 } }, async (database, manager) => {
      await expect(
        database.use((client) => client.query('SELECT pg_sleep(60)'), { operation: 'report' }),
      ).rejects.toMatchObject({
        code: 'CONNECTION_TIMEOUT_9003',
        details: { pool: 'postgres', operation: 'report' },
        // It was sent, and may have been an INSERT.
        retry: 'conditional',
      });
      expect(await database.use(async () => 'next')).toBe('next');
      expect(manager.stats()['postgres']).toMatchObject({ timeouts: 1, closed: 1, opened: 2 });
    });
  });

  test('ends an open transaction before the next holder comes', async () => {
    await withPostgres({ pool: { max: 1 } }, async (database) => {
      await database.use((client) => client.query('CREATE TABLE IF NOT EXISTS t (n int)'));
      await database.use(async (client) => {
        await client.query('BEGIN');
        await client.query('INSERT INTO t VALUES (1)');
      });
      const { rows } = await database.use((client) =>
        client.query('SELECT count(*)::int AS n FROM t'),
      );
      expect(rows).toEqual([{ n: 0 }]);
    });
  });

  test('notices that the server ended its connections', async () => {
    await withPostgres({}, async (database) => {
      const pid = async (): Promise<number> =>
        (await database.use((client) => client.query('SELECT pg_backend_pid() AS pid'))).rows[0]
          .pid;
      const before = await pid();
      const admin = new pg.Client({ connectionString: server.url });
      await admin.connect();
      await admin.query('SELECT pg_terminate_backend($1)', [before]);
      await admin.end();
      await expect.poll(() => pid().catch(() => before)).not.toBe(before);
    });
  });

  test('throws a connection away whose loss only its work shows', async () => {
    const { close, destroy } = postgres('');
    const type: ConnectionType<pg.Client> = {
      async open() {
        const client = new pg.Client({ connectionString: server.url });
        client.on('error', () => {});
        await client.connect();
        return client;
      },
      ...(close && { close }),
      ...(destroy && { destroy }),
      pool: { max: 1 },
    };
    const manager = new ConnectionManager();
    const database = manager.register('unwatched', type);
    const failing = database.use((client) =>
      client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
    );
    await expect(failing).rejects.toMatchObject({ code: '57P01' });
    // pg refuses queries over a client that was cut off.
    const next = (): Promise<unknown> => database.use((client) => client.query('SELECT 1'));
    await expect.poll(() => next().then(() => 'works', String), { timeout: 10_000 }).toBe('works');
    await manager.closeAllConnections();
  });

  test('says what keeps it from opening', async () => {
    const manager = new ConnectionManager();
    const missing = manager.register(
      'missing',
      postgres(server.url.replace(/\/postgres$/, '/none')),
    );
    await expect(missing.use(() => 1)).rejects.toMatchObject({ retryable: false });
    const down = manager.register('down', {
      ...postgres('postgres://postgres@127.0.0.1:1/postgres'),
      pool: { acquireTimeoutMs: 300 },
    });
    await expect(down.use(() => 1)).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED_9001',
      retryable: true,
    });
    await manager.closeAllConnections();
  });
});

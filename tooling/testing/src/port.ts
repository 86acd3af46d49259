import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * The ports below those that systems give to outgoing connections (from 32768 on Linux, from 49152
 * elsewhere): a port from there may be taken between the question and the start of a server.
 */
const FIRST = 15_000;
const END = 32_768;

const ATTEMPTS = 100;

/**
 * Finds a TCP port that is free on loopback, and that no outgoing connection can take.
 *
 * @returns the port's number
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${ATTEMPTS} ports between ${FIRST} and ${END} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

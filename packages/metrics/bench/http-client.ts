// Asks the server of the HTTP benchmark, from a separate process, so that only the server's is measured.
import { Agent, get } from 'node:http';

const agent = new Agent({ keepAlive: true });
const url = String(process.argv[2]);

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', resolve);
    }).on('error', reject);
  });
}

process.on('message', async (requests: number) => {
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let done = 0; done < requests; done += 10) await ask();
    }),
  );
  process.send?.('done');
});
process.on('disconnect', () => agent.destroy());
process.send?.('ready');

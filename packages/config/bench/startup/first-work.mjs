// The first work of a service: a Redis GET, a JSON POST, and a scrape by Prometheus.

/** Whether the process does it before it reports. */
export const isAsked = process.env.FIRST_WORK !== undefined;

const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [] });
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body };

/**
 * Does it, with a separate process as Prometheus.
 *
 * @returns What came of it, which is the same for every contender.
 */
export async function firstWork({ get, fetch, port }) {
  const state = await get('state:1');
  const response = await fetch(process.env.MODEL_URL, post);
  const { usage } = await response.json();
  process.send(port);
  const scraped = await new Promise((resolve) => {
    process.once('message', resolve);
  });
  return { state, tokens: usage.total_tokens, scraped };
}

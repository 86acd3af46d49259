import { initializeConfig, logger } from '@map/config';
import { APIError, ErrorCode } from '@map/config/errors';
import { notFoundResponse, problemResponse, webContext } from '@map/config/http';
import { observeLlm } from '@map/config/metrics/llm';
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { streamText } from 'hono/streaming';
import OpenAI from 'openai';

export const config = await initializeConfig();
const context = webContext({ accessLog: true });
const openai = new OpenAI(config.provider('openai'));
const model = 'gpt-4o-mini';

export const app = new Hono();

app.use(async (c, next) => {
  c.res = await context(
    c.req.raw,
    async () => {
      await next();
      return c.res;
    },
    // Without a match, the last route is that of this middleware.
    { route: () => (routePath(c, -1) === '/*' ? undefined : routePath(c, -1)) },
  );
});
app.onError(problemResponse);
app.notFound(notFoundResponse);

app.get('/pears/:id', async (c) => {
  const id = c.req.param('id');
  if (id === 'none') {
    throw new APIError({ code: ErrorCode.NOT_FOUND, message: 'There is no such pear.' });
  }
  await config.connections.redisConnection((redis) => redis.set('pear', id));
  logger.info('Pear shown', { id });
  return c.json({ id });
});

// Streams the answer of a model. The call ends when the client leaves; its error becomes the response.
app.post('/answers', async (c) => {
  const { question } = await c.req.json();
  const chunks = await observeLlm({ provider: 'openai', model, operation: 'chat' }, () =>
    openai.chat.completions.create(
      {
        model,
        messages: [{ role: 'user', content: question }],
        stream: true,
        stream_options: { include_usage: true },
      },
      { signal: c.req.raw.signal },
    ),
  );
  return streamText(c, async (out) => {
    for await (const { choices } of chunks) await out.write(choices[0]?.delta.content ?? '');
  });
});

import { initializeConfig, logger } from '@map/config';
import { APIError, ErrorCode } from '@map/config/errors';
import { notFoundResponse, problemResponse, webContext } from '@map/config/http';
import { Hono } from 'hono';
import { routePath } from 'hono/route';

export const config = await initializeConfig();
const context = webContext({ accessLog: true });

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

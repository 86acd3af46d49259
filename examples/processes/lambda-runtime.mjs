// The loop of a runtime of AWS Lambda: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { handler } from './lambda/handler.mjs';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const result = await handler(await next.json());
  await fetch(`${api}/${id}/response`, { method: 'POST', body: JSON.stringify(result) });
}

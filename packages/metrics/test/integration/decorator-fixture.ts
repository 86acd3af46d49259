import { LLM_REQUEST_DURATION, MEMORY_OPERATION_DURATION, timedMetric } from '@map/metrics';
import { metricValue } from '@map/metrics/testing';

class Store {
  readonly #prefix = 'p';

  @timedMetric(MEMORY_OPERATION_DURATION, { operation_type: 'write' })
  async save(key: string, value: number): Promise<string> {
    return `${this.#prefix}-${key}-${value}`;
  }

  @timedMetric(MEMORY_OPERATION_DURATION, { operation_type: 'count' })
  static count(): number {
    return 3;
  }

  @timedMetric(LLM_REQUEST_DURATION, { model: 'm' })
  async *stream(): AsyncGenerator<string> {
    yield this.#prefix;
  }
}

const store = new Store();
const results: unknown[] = [await store.save('a', 1), Store.count()];
for await (const piece of store.stream()) results.push(piece);
results.push(store.save.name, store.save.length);
const count = (operation_type: string) =>
  metricValue(MEMORY_OPERATION_DURATION, { operation_type });
results.push(count('write'), count('count'), metricValue(LLM_REQUEST_DURATION, { model: 'm' }));
process.stdout.write(JSON.stringify(results));

import type { CheckReport } from '@map/lifecycle';
import { Injectable } from '@nestjs/common';
import { current } from '../support/current.ts';

/** The result that terminus expects of an indicator. */
export type HealthIndication<K extends string> = Record<
  K,
  {
    readonly status: 'up' | 'down';
    readonly reason?: string;
    /** One entry per check, without its message, because anyone may read the response. */
    readonly checks: Readonly<Record<string, Omit<CheckReport, 'error'>>>;
  }
>;

/** The readiness of the configuration, as an indicator for `@nestjs/terminus`. */
export class MapHealthIndicator {
  /**
   * Runs the readiness checks under the name `map`; never rejects.
   *
   * @returns `up` unless a required check fails, with each check by its name.
   */
  async isHealthy(): Promise<HealthIndication<'map'>>;
  /**
   * Runs the readiness checks; never rejects.
   *
   * @param key The name in the result.
   * @returns `up` unless a required check fails, with each check by its name.
   */
  async isHealthy<const K extends string>(key: K): Promise<HealthIndication<K>>;
  async isHealthy(key = 'map'): Promise<HealthIndication<string>> {
    const report = await current().config?.health();
    const { status = 'fail', reason = 'starting', checks = {} } = report ?? {};
    const isDown = status === 'fail';
    const shown = Object.entries(checks).map(([name, { error: _error, ...check }]) => [
      name,
      check,
    ]);
    return {
      [key]: {
        status: isDown ? 'down' : 'up',
        ...(isDown && Object.keys(checks).length === 0 && { reason }),
        checks: Object.fromEntries(shown),
      },
    };
  }
}
Injectable()(MapHealthIndicator);

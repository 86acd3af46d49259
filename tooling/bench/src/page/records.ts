import type { BenchResult, ContenderResult } from '../result.ts';

/** The figures of a bench that the tables and charts of a page show. */
export interface BenchRecord extends Omit<BenchResult, 'contenders'> {
  /** Where it was measured: Node.js and the processor. */
  machine: string;
  /** How many rounds were measured. */
  rounds: number;
  contenders: Omit<ContenderResult, 'rounds'>[];
}

/**
 * Reduces a result to what a page keeps: figures of four digits, so that a page looks the same when
 * it is written again from its file.
 *
 * @param result - what was measured
 * @param machine - where
 * @returns its record
 */
export function recordOf(result: BenchResult, machine: string): BenchRecord {
  const record: BenchRecord = {
    ...result,
    machine,
    rounds: result.contenders[0]?.rounds.length ?? 0,
    contenders: result.contenders.map(({ rounds: _, ...contender }) => contender),
  };
  return JSON.parse(JSON.stringify(record, fourDigits)) as BenchRecord;
}

/**
 * Puts new records in the place of old ones, so that a run of some benches keeps the others.
 *
 * @param old - the records of earlier runs
 * @param fresh - those of this run
 * @param known - the names of all benches, in order: records of others are dropped
 * @returns the records to keep, in the order of `known`
 */
export function mergeRecords(
  old: readonly BenchRecord[],
  fresh: readonly BenchRecord[],
  known: readonly string[],
): BenchRecord[] {
  const byName = new Map([...old, ...fresh].map((record) => [record.name, record]));
  return known.flatMap((name) => byName.get(name) ?? []);
}

/**
 * Reads records.
 *
 * @param json - a file's content
 * @returns its records
 */
export function parseRecords(json: string): BenchRecord[] {
  return JSON.parse(json) as BenchRecord[];
}

/**
 * Writes records, one a line, so that a new measurement is a change of few lines.
 *
 * @param records - the records
 * @returns JSON
 */
export function formatRecords(records: readonly BenchRecord[]): string {
  const lines = records.map((record) => JSON.stringify(record));
  return `[\n${lines.join(',\n')}\n]\n`;
}

function fourDigits(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(4));
}

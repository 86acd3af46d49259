/** One thing that was looked at. */
export interface Check {
  name: string;
  ok: boolean;
  /** The problem, if there is one. */
  detail?: string;
}

/** Prints checks as they come and counts them. */
export class Tally {
  readonly checks: Check[] = [];

  add(...checks: Check[]): void {
    for (const check of checks) {
      this.checks.push(check);
      const detail = check.ok || !check.detail ? '' : `\n${indent(check.detail)}`;
      process.stdout.write(`${check.ok ? 'ok    ' : 'FAILED'} ${check.name}${detail}\n`);
    }
  }

  /** Runs a step; what it throws becomes a failed check. */
  async step(name: string, run: () => Promise<unknown>): Promise<boolean> {
    const startedAt = Date.now();
    try {
      await run();
      this.add({ name: `${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`, ok: true });
      return true;
    } catch (error) {
      this.add({ name, ok: false, detail: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  get failed(): number {
    return this.checks.filter(({ ok }) => !ok).length;
  }

  /** Ends with the line that says how many checks passed. */
  conclude(): void {
    for (const { name, detail } of this.checks.filter(({ ok }) => !ok)) {
      // A log that is cut keeps its end.
      process.stdout.write(`failed: ${name}${detail ? `\n${indent(detail)}` : ''}\n`);
    }
    process.stdout.write(`${this.checks.length - this.failed} passed, ${this.failed} failed\n`);
    if (this.failed > 0) process.exitCode = 1;
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '       ');
}

/** Where progress is shown; a terminal is redrawn in place, anything else gets lines. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** How far the run is. */
export interface ProgressState {
  readonly done: number;
  readonly total: number;
  readonly retries: number;
  readonly fallbacks: number;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Shows the last state and leaves the line. */
  finish(): void;
}

/**
 * Shows progress: a bar on a terminal, redrawn at most 20 times a second, or one line for each
 * tenth elsewhere.
 * @param now Milliseconds of a clock that never goes back.
 */
export function showProgress(
  screen: Screen,
  now: () => number = () => performance.now(),
): Progress {
  const started = now();
  let drawn = Number.NEGATIVE_INFINITY;
  let tenths = 0;
  let last: ProgressState | undefined;
  const draw = (state: ProgressState): void => {
    drawn = now();
    const width = Math.max(20, Math.min(screen.columns || 80, 100));
    screen.write(`\r\u001B[2K${bar(state, drawn - started, width)}`);
  };
  return {
    update(state) {
      last = state;
      if (screen.isTTY === true) {
        if (now() - drawn >= 50) draw(state);
        return;
      }
      const reached = Math.floor((state.done / state.total) * 10);
      if (reached <= tenths) return;
      tenths = reached;
      screen.write(`${line(state, now() - started)}\n`);
    },
    finish() {
      if (screen.isTTY !== true || last === undefined) return;
      draw(last);
      screen.write('\n');
    },
  };
}

function bar(state: ProgressState, elapsedMs: number, width: number): string {
  const text = line(state, elapsedMs);
  const room = width - text.length - 1;
  if (room < 8) return text.slice(0, width);
  const filled = Math.round((state.done / Math.max(1, state.total)) * room);
  return `${'█'.repeat(filled)}${'░'.repeat(room - filled)} ${text}`;
}

function line(state: ProgressState, elapsedMs: number): string {
  const percent = Math.floor((state.done / Math.max(1, state.total)) * 100);
  const tasks = `${state.done}/${state.total} tasks`;
  const trouble = `${state.retries} retries, ${state.fallbacks} fallbacks`;
  return `${String(percent).padStart(3)}%  ${tasks}, ${trouble}, ${(elapsedMs / 1000).toFixed(1)} s`;
}

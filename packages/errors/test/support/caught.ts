/** Runs something that must fail, and gives what it threw. */
export async function caught(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed.');
}

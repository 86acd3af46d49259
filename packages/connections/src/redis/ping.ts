/**
 * Asks a server for a sign of life. A user may lack the right to `PING`, as with `+@read +@write`: the
 * refusal is a reply of a server that works.
 */
export async function ping(client: { ping(): Promise<unknown> }): Promise<void> {
  try {
    await client.ping();
  } catch (error) {
    if (!(error instanceof Error && /\bNOPERM\b/.test(error.message))) throw error;
  }
}

export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return;
  const { initializeConfig } = await import('@map/config');
  await initializeConfig();
}

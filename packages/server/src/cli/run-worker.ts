import type { OperableMeterboard } from './load-app.ts';

/**
 * Does the background work of this app until SIGINT or SIGTERM; what is under way then is finished first. Resolves to
 * the exit code. A second signal ends the process at once.
 */
export async function runWorker(
  meterboard: OperableMeterboard,
  say: (words: string) => void,
): Promise<number> {
  if (meterboard.store.kind === 'embedded') {
    throw new Error(
      'The embedded database can be open in one process only, and that is your app: it does the work where it calls meterboard.start(). For a worker of its own, give both one PostgreSQL server: store: postgresStore({ connectionString }) of @meterboard/server/postgres.',
    );
  }
  const stopped = nextSignal();
  await meterboard.start();
  say('meterboard: the worker is running. Ctrl+C stops it.');
  const stay = setInterval(() => undefined, 60_000);
  const signal = await stopped;
  clearInterval(stay);
  say(`meterboard: ${signal}: finishing what is under way.`);
  process.once(signal, () => process.exit(1));
  await meterboard.close();
  return 0;
}

function nextSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}

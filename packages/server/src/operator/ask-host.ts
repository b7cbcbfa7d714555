import { hostLockPath, isHeld, readHostLock } from './host-lock.ts';

/**
 * Has the host that runs on this machine with the embedded database in `folder` carry out a command, and answers with
 * its result. Rejects with the host's own words when the command failed, and says so when no host runs.
 */
export async function askHost(folder: string, command: string, input?: unknown): Promise<unknown> {
  const lock = readHostLock(folder);
  if (lock === null || !(await isHeld(lock, hostLockPath(folder)))) {
    throw new Error(`No process has ${folder} open. Start the host, and ask again.`);
  }
  const { port, token } = lock.control;
  const answer = await send(port, token, { command, input }).catch((cause: unknown) => {
    throw new Error(
      `Process ${lock.pid} has ${folder} open, but does not answer. Is it stopped in a debugger, or on another machine?`,
      { cause },
    );
  });
  if ('error' in answer) throw new Error(answer.error);
  return answer.result;
}

async function send(
  port: number,
  token: string,
  said: { command: string; input: unknown },
): Promise<{ result: unknown } | { error: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(said),
    signal: AbortSignal.timeout(60_000),
  });
  return (await response.json()) as { result: unknown } | { error: string };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

export interface DemoProcess {
  url: string;
  stop: () => Promise<void>;
}

/** What a start-up that failed said, and its exit code. */
export interface FailedStart {
  code: number | null;
  output: string;
}

/** Starts `npm run demo` as a person would and waits for its ready line. Rejects with what it printed otherwise. */
export async function startDemoProcess(
  args: string[],
  env: Record<string, string> = {},
): Promise<DemoProcess> {
  const child = spawnDemo(args, env);
  const started = await firstLine(child);
  if ('code' in started) throw new Error(`npm run demo ended with ${started.code}:\n${started.output}`);
  return { url: started.url, stop: () => stop(child) };
}

/** Runs `npm run demo` where it is expected not to start. */
export async function failToStartDemo(args: string[], env: Record<string, string>): Promise<FailedStart> {
  const child = spawnDemo(args, env);
  const started = await firstLine(child);
  if ('code' in started) return started;
  await stop(child);
  throw new Error(`npm run demo was expected to fail and answers on ${started.url}`);
}

function spawnDemo(args: string[], env: Record<string, string>): ChildProcess {
  // A group of its own, so that npm and the server it started end together.
  return spawn(npm, ['run', 'demo', '--', ...args], {
    cwd: root,
    env: { ...process.env, PORT: '0', STRIPE_SECRET_KEY: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
}

function firstLine(child: ChildProcess): Promise<{ url: string } | FailedStart> {
  return new Promise((done, fail) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk;
      const url = output.match(/^Meterboard demo ready: (http:\/\/127\.0\.0\.1:\d+)$/m)?.[1];
      if (url) done({ url });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((done) => child.once('close', done));
  if (process.platform === 'win32') child.kill();
  else process.kill(-child.pid, 'SIGTERM');
  await ended;
}

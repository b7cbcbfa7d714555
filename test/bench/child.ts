import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Child {
  /** The first line that it printed. */
  line: string;
  /** Milliseconds from its start to that line. */
  tookMs: number;
  stop(): Promise<void>;
}

/** Runs a file in a Node process of its own and waits for its first line. Rejects when it ends without one. */
export async function startChild(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--conditions=@meterboard/source', ...nodeArgs, ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await firstLine(child, args);
  return {
    line,
    tookMs: performance.now() - startedMs,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

function firstLine(child: ChildProcess, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
      const end = text.indexOf('\n');
      if (end !== -1) resolve(text.slice(0, end));
    });
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`${args.join(' ')} ended with ${code} and said nothing.`)),
    );
  });
}

import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ask, HostOrder } from './host-child.ts';

/** A host in a process of its own. */
export interface HostProcess {
  /** Of its HTTP server. */
  port: number;
  /** Rejects when the process ends before it answers. */
  ask(asked: Ask): Promise<unknown>;
  kill(): void;
  readonly isOver: boolean;
  /** Resolves when the process is gone. */
  ended: Promise<void>;
}

const running = new Set<ChildProcess>();

/** A process that has loaded everything and waits for its order. */
function load() {
  const child = fork(join(import.meta.dirname, 'host-child.ts'), [], {
    execArgv: ['--conditions=@meterboard/source', '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'meterboard-proof-compiled') },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let ids = 0;
  let isOver = false;
  child.on('message', ({ id, said, failed }: { id: number; said?: unknown; failed?: string }) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (failed === undefined) asker?.resolve(said);
    else asker?.reject(new Error(failed));
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve())).then(() => {
    isOver = true;
    running.delete(child);
    for (const { reject } of waiting.values()) reject(new Error('The host is gone.'));
    waiting.clear();
  });
  return {
    ended,
    get isOver() {
      return isOver;
    },
    kill: () => void child.kill('SIGKILL'),
    ask(asked: Ask): Promise<unknown> {
      if (isOver) return Promise.reject(new Error('The host is gone.'));
      const asker = Promise.withResolvers<unknown>();
      ids += 1;
      waiting.set(ids, asker);
      child.send({ id: ids, asked }, (error) => {
        if (error) asker.reject(error);
      });
      return asker.promise;
    },
  };
}

/** Starts hosts one after the other or at once; the next one is loaded while the present one works. */
export function createHostProcesses() {
  let spare = load();
  return {
    async start(order: HostOrder): Promise<HostProcess> {
      const host = spare;
      spare = load();
      const port = Number(await host.ask({ ask: 'open', order }));
      return Object.assign(host, { port });
    },
    /** Kills whatever still runs. */
    async stop(): Promise<void> {
      const ends = [...running].map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(ends);
    },
  };
}

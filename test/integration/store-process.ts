import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ChildNews, ChildOrder } from './store-child.ts';

/** A process of its own with a store. */
export interface StoreProcess {
  process: ChildProcess;
  /** What it told, in order. */
  news: ChildNews[];
  /** The next news of that kind, those told already included. Rejects when the process ends without. */
  hear<Kind extends 'opened' | 'refused' | 'began' | 'done'>(
    kind: Kind,
  ): Promise<Extract<ChildNews, Record<Kind, unknown>>>;
  ended: Promise<unknown>;
}

const running = new Set<ChildProcess>();

/** Starts a process. Whoever starts some calls `endStoreProcesses()` after each test. */
export function startStoreProcess(order: ChildOrder): StoreProcess {
  const child = fork(join(import.meta.dirname, 'store-child.ts'), [JSON.stringify(order)], {
    execArgv: ['--conditions=@meterboard/source', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  const news: ChildNews[] = [];
  const listeners = new Set<() => void>();
  const change = () => {
    for (const listener of listeners) listener();
  };
  child.on('message', (told: ChildNews) => {
    news.push(told);
    change();
  });
  let isOver = false;
  const ended = new Promise((resolve) => child.once('exit', resolve)).then((code) => {
    isOver = true;
    running.delete(child);
    change();
    return code;
  });
  return {
    process: child,
    news,
    ended,
    hear: (kind) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = news.find((told) => kind in told);
          if (found) resolve(found as never);
          else if (isOver) reject(new Error(`The process ended and told ${JSON.stringify(news)}.`));
          if (found || isOver) listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Kills what still runs. */
export async function endStoreProcesses(): Promise<void> {
  const ends = [...running].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}

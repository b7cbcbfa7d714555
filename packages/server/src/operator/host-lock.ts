import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ControlAddress } from './control-server.ts';

/** Who has the folder open, and how to talk to them. */
export interface HostLock {
  pid: number;
  /** The machine (or container) that the pid belongs to. */
  host: string;
  /** ISO 8601. */
  startedAt: string;
  control: ControlAddress;
}

/** The holder shows this often that it lives; another machine can see nothing else of it. */
const signOfLifeMs = 10_000;
const silentForMs = 60_000;

/** Beside the data, readable for its owner only. */
export function hostLockPath(folder: string): string {
  return join(folder, 'host.lock');
}

/** Who is said to have the folder open, dead or alive; `null`: nobody. */
export function readHostLock(folder: string): HostLock | null {
  try {
    return JSON.parse(readFileSync(hostLockPath(folder), 'utf8'));
  } catch (error) {
    if (isMissing(error)) return null;
    throw new Error(
      `${hostLockPath(folder)} cannot be read. It says which process has the data open. If none has, delete it.`,
      { cause: error },
    );
  }
}

/**
 * Takes the folder for this process and answers with the way to give it back. Throws with words when another process
 * that lives has it. A lock whose process is gone, killed included, is taken over; of several that try, one gets it.
 */
export async function takeHostLock(folder: string, control: ControlAddress): Promise<() => void> {
  const path = hostLockPath(folder);
  const own: HostLock = {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString(),
    control,
  };
  // Complete before it is visible: linking fails when there is one, writing would replace it.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(own, null, 2), { mode: 0o600 });
  try {
    for (;;) {
      if (link(draft, path)) break;
      const found = readHostLock(folder);
      if (found === null) continue;
      if (await isHeld(found, path)) throw refusal(found, folder);
      dropStale(path, found);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const signs = setInterval(() => showLife(path), signOfLifeMs);
  signs.unref();
  return () => {
    clearInterval(signs);
    if (readHostLock(folder)?.control.token === control.token) rmSync(path, { force: true });
  };
}

/**
 * Whether the holder lives. A pid alone does not tell, since numbers are used again (in containers all the time): the
 * system keeps the control port open as long as the process lives, even while it is stopped or busy.
 */
export async function isHeld(lock: HostLock, path: string): Promise<boolean> {
  if (lock.host !== hostname()) return Date.now() - statSync(path).mtimeMs < silentForMs;
  return isRunning(lock.pid) && (await isListening(lock.control.port));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Reflect.get(Object(error), 'code') === 'EPERM';
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    const settle = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', settle(true));
    socket.once('timeout', settle(true));
    socket.once('error', settle(false));
  });
}

function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === 'EEXIST') return false;
    throw error;
  }
}

/** Moved aside and looked at again before it is gone: in between, somebody else may have taken the folder. */
function dropStale(path: string, stale: HostLock): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    const moved: HostLock = JSON.parse(readFileSync(aside, 'utf8'));
    if (moved.control.token !== stale.control.token) link(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function showLife(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The folder was removed under us: nothing is left to protect.
  }
}

function refusal(lock: HostLock, folder: string): Error {
  const where = lock.host === hostname() ? 'this machine' : `the machine ${lock.host}`;
  return new Error(
    `${folder} is open in process ${lock.pid} on ${where} since ${lock.startedAt}. The embedded database can be open in one process only: two would destroy it. Stop that process, or give all of them one PostgreSQL server: store: postgresStore({ connectionString }) of @meterboard/server/postgres.`,
  );
}

function isMissing(error: unknown): boolean {
  return Reflect.get(Object(error), 'code') === 'ENOENT';
}

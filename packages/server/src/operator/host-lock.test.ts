import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlServer, startControlServer } from './control-server.ts';
import { hostLockPath, takeHostLock } from './host-lock.ts';

describe('the lock of a folder', () => {
  let folder: string;
  const servers: ControlServer[] = [];
  const gifts: (() => void)[] = [];
  const take = async () => {
    const control = await startControlServer(async () => null);
    servers.push(control);
    const giveBack = await takeHostLock(folder, control);
    gifts.push(giveBack);
    return control.token;
  };
  const readToken = () => JSON.parse(readFileSync(hostLockPath(folder), 'utf8')).control.token;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'meterboard-lock-'));
  });
  afterEach(async () => {
    for (const giveBack of gifts.splice(0)) giveBack();
    for (const server of servers.splice(0)) await server.close();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it.each([1, 2, 3])('of a dead process goes to one of many that find it (%i)', async () => {
    leaveLock({ pid: 2 ** 22 + 1 });
    const taking = await Promise.allSettled(Array.from({ length: 12 }, take));
    const winners = taking.filter(({ status }) => status === 'fulfilled');
    expect(winners).toEqual([{ status: 'fulfilled', value: readToken() }]);
  });

  it('is taken from a process that only has the number of a dead one', async () => {
    leaveLock({ pid: process.pid });
    expect(await take()).toBe(readToken());
  });

  it('is left to another machine that shows signs of life, and taken from a silent one', async () => {
    leaveLock({ host: 'another-machine' });
    await expect(take()).rejects.toThrow('on the machine another-machine');
    const longAgo = new Date(Date.now() - 61_000);
    utimesSync(hostLockPath(folder), longAgo, longAgo);
    expect(await take()).toBe(readToken());
  });

  it('is given back by its holder only', async () => {
    await take();
    const [giveBack] = gifts;
    rmSync(hostLockPath(folder));
    const token = await take();
    giveBack?.();
    expect(readToken()).toBe(token);
  });

  it('that cannot be read is not taken for free', async () => {
    writeFileSync(hostLockPath(folder), '{');
    await expect(take()).rejects.toThrow('If none has, delete it');
    rmSync(hostLockPath(folder));
  });

  function leaveLock(lock: { pid?: number; host?: string }): void {
    const control = { port: 1, token: 'dead' };
    const startedAt = '2026-01-01T00:00:00.000Z';
    const whole = { pid: process.pid, host: hostname(), startedAt, control, ...lock };
    writeFileSync(hostLockPath(folder), JSON.stringify(whole));
  }
});

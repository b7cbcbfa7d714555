import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askHost } from '../../packages/server/src/operator/ask-host.ts';
import { embeddedStore } from '../../packages/server/src/store/embedded.ts';
import type { OpenStore } from '../../packages/server/src/store/store.ts';
import { testParts } from '../../packages/server/src/testing/describe-stores.ts';
import { endStoreProcesses, startStoreProcess } from './store-process.ts';

describe('the folder of the embedded database', () => {
  let folder: string;
  const lockPath = () => join(folder, 'host.lock');
  const readLock = () => JSON.parse(readFileSync(lockPath(), 'utf8'));
  const opened: OpenStore[] = [];
  const open = async () => {
    const store = await embeddedStore({ folder }).open(testParts);
    opened.push(store);
    return store;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'meterboard-store-'));
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await endStoreProcesses();
    rmSync(folder, { recursive: true, force: true });
  });

  it('belongs to one process, which answers the others, and passes on when that one is killed', async () => {
    const holder = startStoreProcess({ store: { folder } });
    await holder.hear('opened');
    const { pid } = holder.process;

    const refusal = await open().catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      message: expect.stringContaining(`is open in process ${pid} on this machine`),
    });
    expect(refusal).toMatchObject({ message: expect.stringMatching(/one process only.*postgresStore\(/s) });

    await expect(askHost(folder, 'list', { a: 1 })).resolves.toEqual({
      command: 'list',
      input: { a: 1 },
      pid,
    });
    await expect(askHost(folder, 'fail')).rejects.toThrow('That cannot be done.');

    expect(statSync(lockPath()).mode & 0o777).toBe(0o600);
    const { control } = readLock();
    const asStranger = (token: string, method = 'POST') =>
      fetch(`http://127.0.0.1:${control.port}/`, { method, headers: { authorization: `Bearer ${token}` } });
    expect((await asStranger('guessed')).status).toBe(401);
    expect((await asStranger(control.token, 'GET')).status).toBe(405);
    expect((await asStranger(control.token)).status).toBe(400);

    holder.process.kill('SIGSTOP');
    await expect(open()).rejects.toThrow(`process ${pid}`);

    holder.process.kill('SIGKILL');
    await holder.ended;
    await expect(askHost(folder, 'list')).rejects.toThrow('No process has');
    const store = await open();
    expect(readLock()).toMatchObject({ pid: process.pid, host: hostname() });
    expect(await store.db.selectFrom('top_ups').selectAll().execute()).toEqual([]);
  });

  it('keeps its rows, and is free again after closing', async () => {
    const store = await open();
    await expect(open()).rejects.toThrow(`process ${process.pid}`);
    await store.db.insertInto('cursors').values({ name: 'here', at_ms: 5 }).execute();
    await store.close();
    await expect(askHost(folder, 'list')).rejects.toThrow('No process has');
    const again = await open();
    expect(await again.db.selectFrom('cursors').selectAll().execute()).toEqual([{ name: 'here', at_ms: 5 }]);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('survives a process that is killed in the middle of its work', async () => {
    const worker = startStoreProcess({ store: { folder }, works: { jobMs: null } });
    await worker.hear('opened');
    worker.process.kill('SIGKILL');
    await worker.ended;
    const store = await open();
    const { rows } = await store.executeSql('select count(*) as count from meterboard_jobs.queue');
    expect(rows).toEqual([{ count: 6 }]);
  });

  it('that cannot be written is refused with words', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const opening = embeddedStore({ folder: join(file, 'below') }).open(testParts);
    await expect(opening).rejects.toThrow(/cannot be written.*postgresStore/s);
  });

  it('is free again when the database in it cannot be opened', async () => {
    writeFileSync(join(folder, 'database'), 'no folder');
    await expect(open()).rejects.toThrow();
    expect(() => readLock()).toThrow('ENOENT');
  });
});

import { describe, expect, it, vi } from 'vitest';
import { chooseStore } from './choose-store.ts';
import type { OpenStore, Store, StoreParts } from './store.ts';
import { createStoreHolder } from './store-holder.ts';

const parts = {} as StoreParts;

function createStore(open: () => Promise<void> = async () => undefined) {
  const opened = { close: vi.fn(async () => undefined) } as unknown as OpenStore;
  const opening = vi.fn(async () => {
    await open();
    return opened;
  });
  const store: Store = { kind: 'postgres', open: opening };
  return { store, opened, opening };
}

describe('the holder of a store', () => {
  it('opens it on first use, once for all who ask', async () => {
    const { store, opened, opening } = createStore();
    const holder = createStoreHolder(store, parts);
    expect(opening).not.toHaveBeenCalled();
    expect(await Promise.all([holder.get(), holder.get()])).toEqual([opened, opened]);
    await holder.get();
    expect(opening).toHaveBeenCalledExactlyOnceWith(parts);
  });

  it('tries again after a failure', async () => {
    let failures = 1;
    const { store, opened } = createStore(async () => {
      if (failures-- > 0) throw new Error('down');
    });
    const holder = createStoreHolder(store, parts);
    const both = await Promise.allSettled([holder.get(), holder.get()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await holder.get()).toBe(opened);
  });

  it('hands it out when it is prepared, and closes one that cannot be', async () => {
    const { store, opened } = createStore();
    const prepare = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('no queue'));
    const holder = createStoreHolder(store, parts, prepare);
    await expect(holder.get()).rejects.toThrow('no queue');
    expect(opened.close).toHaveBeenCalledOnce();
    expect(await holder.get()).toBe(opened);
    expect(prepare).toHaveBeenCalledWith(opened);
  });

  it('closes what is being opened, once, and opens nothing any more', async () => {
    const gate = Promise.withResolvers<void>();
    const { store, opened } = createStore(() => gate.promise);
    const holder = createStoreHolder(store, parts);
    const opening = holder.get();
    const closing = Promise.all([holder.close(), holder.close()]);
    gate.resolve();
    await Promise.all([opening, closing]);
    expect(opened.close).toHaveBeenCalledOnce();
    await expect(holder.get()).rejects.toThrow('shutting down');
  });

  it('closes nothing when nothing was opened', async () => {
    const { store, opening } = createStore();
    await createStoreHolder(store, parts).close();
    expect(opening).not.toHaveBeenCalled();
  });
});

describe('chooseStore', () => {
  const named: Store = { kind: 'embedded', open: async () => ({}) as OpenStore };

  it.each(['production', 'development', undefined])("takes the host's own with NODE_ENV %s", (mode) => {
    expect(chooseStore(named, mode)).toBe(named);
  });

  it.each(['development', 'test', undefined])('is embedded without one with NODE_ENV %s', (mode) => {
    expect(chooseStore(undefined, mode ?? '')).toMatchObject({ kind: 'embedded' });
  });

  it('has the host decide in production', () => {
    expect(() => chooseStore(undefined, 'production')).toThrow(
      /store is missing.*disk.*postgresStore\(.*embeddedStore\(/s,
    );
  });
});

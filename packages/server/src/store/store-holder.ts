import type { OpenStore, Store, StoreParts } from './store.ts';

/** A store that is opened when it is first needed. */
export interface StoreHolder {
  kind: Store['kind'];
  folder: string | undefined;
  /** The same open store for everybody. Rejects when opening fails; the next call tries again. */
  get(): Promise<OpenStore>;
  /** Closes what is open, waiting for an opening that is under way. `get()` rejects from then on. */
  close(): Promise<void>;
}

/** Opens `store` on the first `get()`, once, and has `prepare` done before anybody gets it. */
export function createStoreHolder(
  store: Store,
  parts: StoreParts,
  prepare?: (opened: OpenStore) => Promise<void>,
): StoreHolder {
  let opening: Promise<OpenStore> | undefined;
  let closing: Promise<void> | undefined;
  return {
    kind: store.kind,
    folder: store.folder,
    get() {
      if (closing) return Promise.reject(new Error('The store is closed: the host is shutting down.'));
      opening ??= open(store, parts, prepare).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    close() {
      closing ??= (async () => {
        const opened = await opening?.catch(() => undefined);
        await opened?.close();
      })();
      return closing;
    },
  };
}

async function open(
  store: Store,
  parts: StoreParts,
  prepare?: (opened: OpenStore) => Promise<void>,
): Promise<OpenStore> {
  const opened = await store.open(parts);
  try {
    await prepare?.(opened);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

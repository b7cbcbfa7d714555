import { resolve } from 'node:path';
import { isBuildPhase } from '../build-phase.ts';
import type { Store } from './store.ts';

/**
 * The host's store; without one the embedded database in `.meterboard`, outside of production. Throws in production:
 * a disk that goes with the next deployment would take paid top-ups with it, so that has to be asked for by name.
 */
export function chooseStore(
  store: Store | undefined,
  mode: string | undefined = process.env.NODE_ENV,
): Store {
  if (store) return store;
  if (mode !== 'production' || isBuildPhase()) return defaultStore;
  throw new Error(
    "createMeterboard: store is missing. NODE_ENV is 'production', where the disk of many hosts goes with the next deployment, and what customers paid for with it. Pass store: postgresStore({ connectionString: process.env.DATABASE_URL }) of @meterboard/server/postgres, or, if this disk lasts, store: embeddedStore({ folder }) of @meterboard/server/embedded.",
  );
}

/** Not a literal: bundlers must neither pack the database into an edge function nor stumble over it. */
const embeddedEntry = ['@meterboard/server', 'embedded'].join('/');

const defaultStore: Store = {
  kind: 'embedded',
  folder: resolve('.meterboard'),
  async open(parts) {
    const entry: { embeddedStore(): Store } = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ embeddedEntry
    );
    return entry.embeddedStore().open(parts);
  },
};

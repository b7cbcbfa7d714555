import type { KyselyPlugin } from 'kysely';
import type { BillingGateway } from '../../../packages/server/src/gateway.ts';
import type { OpenStore, Store } from '../../../packages/server/src/store/store.ts';

/**
 * The life of one host: every statement and every call to the provider passes here, and can be where it ends. A throw
 * stops what is under way there, as an exception or a lost connection would; a death stops all that comes after it too,
 * as the end of the process would.
 */
export interface Life {
  /** Throws once, after so many more operations. */
  throwAfter(operations: number): void;
  /** Ends for good, after so many more operations; 0: at once. */
  dieAfter(operations: number): void;
  /** Takes back what was arranged and has not come. */
  spare(): void;
  readonly isDead: boolean;
  /** How often something was broken off. */
  readonly breaks: number;
  wrapStore(open: OpenStore): Store;
  wrapGateway(gateway: BillingGateway): BillingGateway;
}

/** What is thrown where a life is broken off: no error that the kit knows. */
export class BrokenOff extends Error {
  constructor() {
    super('broken off by the proof');
  }
}

export function createLife(): Life {
  let pending: number[] = [];
  let deadline = Number.POSITIVE_INFINITY;
  let operations = 0;
  let isDead = false;
  let breaks = 0;
  const step = () => {
    operations += 1;
    if (!isDead && operations >= deadline) {
      isDead = true;
      breaks += 1;
    }
    if (isDead) throw new BrokenOff();
    if (!pending.some((at) => at <= operations)) return;
    pending = pending.filter((at) => at > operations);
    breaks += 1;
    throw new BrokenOff();
  };
  const around = async <T>(run: () => Promise<T>): Promise<T> => {
    step();
    const answer = await run();
    step();
    return answer;
  };
  const wrap = <Part extends object>(part: Part): Part =>
    Object.fromEntries(
      Object.entries(part).map(([name, value]) => [
        name,
        typeof value === 'function' && name !== 'readStored'
          ? (...given: unknown[]) => around(() => value(...given))
          : value,
      ]),
    ) as Part;
  return {
    throwAfter: (count) => void pending.push(operations + count),
    dieAfter(count) {
      deadline = operations + count;
      isDead ||= count === 0;
    },
    spare() {
      pending = [];
      if (!isDead) deadline = Number.POSITIVE_INFINITY;
    },
    get isDead() {
      return isDead;
    },
    get breaks() {
      return breaks;
    },
    wrapStore: (open) => ({
      kind: open.kind,
      open: async () => ({
        ...open,
        db: open.db.withPlugin(pluginOf(step)),
        async executeSql(text, values) {
          if (isDead) throw new BrokenOff();
          return open.executeSql(text, values);
        },
        close: async () => undefined,
      }),
    }),
    wrapGateway({ topUps, events, ...reads }) {
      return {
        ...wrap(reads),
        ...(topUps ? { topUps: wrap(topUps) } : {}),
        ...(events ? { events: wrap(events) } : {}),
      };
    },
  };
}

function pluginOf(step: () => void): KyselyPlugin {
  return {
    transformQuery({ node }) {
      step();
      return node;
    },
    async transformResult({ result }) {
      step();
      return result;
    },
  };
}

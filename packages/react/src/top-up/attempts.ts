/** Whose purchase of what: another customer on the same browser, another package or another amount is another attempt. */
export interface AttemptScope {
  sessionKey: string;
  /** "package:small" or "amount:2500". */
  offer: string;
}

interface Attempt {
  id: string;
  mintedAtMs: number;
  /** What the server calls the purchase; left out until it has answered. */
  topUpId?: string;
}

const prefix = 'meterboard:attempt:';
/** The provider closes an unpaid page after a day: from then on an attempt could only be a purchase that nobody remembers. */
const lifetimeMs = 24 * 3_600_000;

/** For browsers that forbid storage: then an attempt lasts as long as the page. */
const memory = new Map<string, string>();
const inMemory = {
  getItem: (name: string) => memory.get(name) ?? null,
  setItem: (name: string, value: string) => void memory.set(name, value),
  removeItem: (name: string) => void memory.delete(name),
  names: () => [...memory.keys()],
};

/** What all tabs share, else what this tab keeps, else what this page does. */
function storage() {
  for (const open of [() => localStorage, () => sessionStorage]) {
    try {
      const store = open();
      store.setItem(`${prefix}?`, '');
      store.removeItem(`${prefix}?`);
      return {
        getItem: (name: string) => store.getItem(name),
        setItem: (name: string, value: string) => store.setItem(name, value),
        removeItem: (name: string) => store.removeItem(name),
        names: () => Object.keys(store),
      };
    } catch {
      // Forbidden or full: the next one.
    }
  }
  return inMemory;
}

function read(text: string | null): Attempt | null {
  try {
    const { id, mintedAtMs, topUpId } = JSON.parse(text ?? '') as Attempt;
    const ageMs = Date.now() - mintedAtMs;
    return /^[\w-]{8,100}$/.test(id) && ageMs >= 0 && ageMs < lifetimeMs ? { id, mintedAtMs, topUpId } : null;
  } catch {
    return null;
  }
}

const nameOf = ({ sessionKey, offer }: AttemptScope) => `${prefix}${sessionKey}:${offer}`;

/**
 * The id of the attempt to buy this: the same one until it is ended or a day old, in every tab, so that a reload, a
 * second click or an answer that got lost never pays twice.
 */
export function attemptFor(scope: AttemptScope): string {
  const store = storage();
  for (const name of store.names()) {
    if (name.startsWith(prefix) && !read(store.getItem(name))) store.removeItem(name);
  }
  const known = read(store.getItem(nameOf(scope)));
  if (known) return known.id;
  const id = `attempt-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  store.setItem(nameOf(scope), JSON.stringify({ id, mintedAtMs: Date.now() } satisfies Attempt));
  return id;
}

/** Remembers what the server calls the attempt's purchase, so that its end is recognised. */
export function nameAttempt(scope: AttemptScope, topUpId: string): void {
  const store = storage();
  const known = read(store.getItem(nameOf(scope)));
  if (known) store.setItem(nameOf(scope), JSON.stringify({ ...known, topUpId } satisfies Attempt));
}

/** The next purchase of this is a new one. */
export function endAttempt(scope: AttemptScope): void {
  storage().removeItem(nameOf(scope));
}

/** The purchase is paid or over: whichever attempt led to it is done, and no other is. */
export function endAttemptOf(topUpId: string): void {
  const store = storage();
  for (const name of store.names()) {
    if (name.startsWith(prefix) && read(store.getItem(name))?.topUpId === topUpId) store.removeItem(name);
  }
}

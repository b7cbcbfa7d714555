import { topUpReturnParam } from '@meterboard/contract';

const returnedItem = 'meterboard:returned';
const attemptItem = (packageId: string) => `meterboard:attempt:${packageId}`;

/** For browsers that forbid storage: then an attempt lasts as long as the page. */
const memory = new Map<string, string>();

function load(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return memory.get(name) ?? null;
  }
}

function save(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    if (value === null) memory.delete(name);
    else memory.set(name, value);
  }
}

/** The id of the attempt to buy this package: the same one until `endAttempt()`, so that a reload or a second click never pays twice. */
export function attemptFor(packageId: string): string {
  const known = load(attemptItem(packageId));
  if (known) return known;
  const minted = `attempt-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  save(attemptItem(packageId), minted);
  return minted;
}

/** The next purchase of this package is a new one. */
export function endAttempt(packageId: string): void {
  save(attemptItem(packageId), null);
}

/** The top-up that the payment page has just sent back, or that an earlier load of this page was waiting for. Takes it out of the address. */
export function takeReturned(): string | null {
  const url = new URL(location.href);
  const topUpId = url.searchParams.get(topUpReturnParam);
  if (topUpId) {
    url.searchParams.delete(topUpReturnParam);
    history.replaceState(history.state, '', url);
    save(returnedItem, topUpId);
  }
  return topUpId ?? load(returnedItem);
}

/** Remembers, or with `null` forgets, what a reload should go on waiting for. */
export function keepReturned(topUpId: string | null): void {
  save(returnedItem, topUpId);
}

/** This page, to come back to. `undefined` where it is too long to send. */
export function returnUrl(): string | undefined {
  const url = new URL(location.href);
  url.searchParams.delete(topUpReturnParam);
  return url.href.length > 2000 ? undefined : url.href;
}

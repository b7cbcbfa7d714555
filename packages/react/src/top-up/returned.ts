import { topUpReturnParam } from '@meterboard/contract';

const returnedItem = 'meterboard:returned';

/** For browsers that forbid storage: then it lasts as long as the page. */
let remembered: string | null = null;

function load(): string | null {
  try {
    return sessionStorage.getItem(returnedItem);
  } catch {
    return remembered;
  }
}

/** Remembers, or with `null` forgets, what a reload should go on waiting for. */
export function keepReturned(topUpId: string | null): void {
  remembered = topUpId;
  try {
    if (topUpId === null) sessionStorage.removeItem(returnedItem);
    else sessionStorage.setItem(returnedItem, topUpId);
  } catch {
    // Storage is forbidden: the variable above holds it.
  }
}

/** The top-up that the payment page has just sent back, or that an earlier load of this page was waiting for. Takes it out of the address. */
export function takeReturned(): string | null {
  const url = new URL(location.href);
  const topUpId = url.searchParams.get(topUpReturnParam);
  if (topUpId) {
    url.searchParams.delete(topUpReturnParam);
    history.replaceState(history.state, '', url);
    keepReturned(topUpId);
  }
  return topUpId ?? load();
}

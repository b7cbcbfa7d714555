import { emit } from '../events/emit.ts';
import { toStripeCreditBalanceTransaction } from '../resources/credit-balance-transaction-view.ts';
import { perWorld } from '../table.ts';
import type { World } from '../world.ts';
import { isCredit, type LedgerEntry } from './ledger-entry.ts';

const ledger = perWorld<{ all: LedgerEntry[]; byGrant: Map<string, LedgerEntry[]> }>(
  () => ({ all: [], byGrant: new Map() }),
  { journaled: true },
);

/** Appends an entry stamped with now; it can never be changed afterwards. */
export function post(
  world: World,
  entry: Omit<LedgerEntry, 'id' | 'createdSec' | 'effectiveSec' | 'testClockId'> & { effectiveSec?: number },
): LedgerEntry {
  const posted: LedgerEntry = {
    ...entry,
    id: world.ids.next('cbtxn_'),
    testClockId: world.clockIdOf(entry.customerId),
    createdSec: world.nowSec(),
    effectiveSec: entry.effectiveSec ?? world.nowSec(),
  };
  const { all, byGrant } = ledger(world);
  const ofGrant = byGrant.get(entry.grantId) ?? [];
  byGrant.set(entry.grantId, ofGrant);
  all.push(posted);
  ofGrant.push(posted);
  world.onUndo(() => {
    all.pop();
    ofGrant.pop();
  });
  emit(world, {
    type: 'billing.credit_balance_transaction.created',
    object: toStripeCreditBalanceTransaction(posted),
    customerId: posted.customerId,
  });
  return posted;
}

export function ledgerEntries(world: World): readonly LedgerEntry[] {
  return ledger(world).all;
}

/** The entries of one grant, oldest first. */
export function entriesOfGrant(world: World, grantId: string): readonly LedgerEntry[] {
  return ledger(world).byGrant.get(grantId) ?? [];
}

/** What a grant has left by its entries: Σ credits − Σ debits, in minor units. */
export function ledgerBalance(world: World, grantId: string): number {
  return entriesOfGrant(world, grantId).reduce(
    (sum, entry) => sum + (isCredit(entry.kind) ? entry.amountMinor : -entry.amountMinor),
    0,
  );
}

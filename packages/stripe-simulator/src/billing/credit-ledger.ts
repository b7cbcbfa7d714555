import { perWorld } from '../table.ts';
import type { World } from '../world.ts';

export type LedgerKind =
  | 'credits_granted'
  | 'credits_application_invoice_voided'
  | 'credits_applied'
  | 'credits_expired'
  | 'credits_voided';

/** One entry of the append-only credit ledger. */
export interface LedgerEntry {
  id: string;
  grantId: string;
  customerId: string;
  createdSec: number;
  effectiveSec: number;
  kind: LedgerKind;
  /** Always positive; the kind says the direction. */
  amountMinor: number;
  currency: string;
  invoice: { invoiceId: string; lineId: string } | null;
}

const ledger = perWorld<{ all: LedgerEntry[]; byGrant: Map<string, LedgerEntry[]> }>(() => ({
  all: [],
  byGrant: new Map(),
}));

/** True for the two kinds that add to a balance. */
export function isCredit(kind: LedgerKind): boolean {
  return kind === 'credits_granted' || kind === 'credits_application_invoice_voided';
}

/** Appends an entry stamped with now; it can never be changed afterwards. */
export function post(
  world: World,
  entry: Omit<LedgerEntry, 'id' | 'createdSec' | 'effectiveSec'> & { effectiveSec?: number },
): LedgerEntry {
  const posted: LedgerEntry = {
    ...entry,
    id: world.ids.next('cbtxn_'),
    createdSec: world.nowSec(),
    effectiveSec: entry.effectiveSec ?? world.nowSec(),
  };
  const { all, byGrant } = ledger(world);
  all.push(posted);
  const ofGrant = byGrant.get(entry.grantId);
  if (ofGrant === undefined) byGrant.set(entry.grantId, [posted]);
  else ofGrant.push(posted);
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

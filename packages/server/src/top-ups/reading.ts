import type { PlannedGrant } from '../domain/plan-grants.ts';
import type { RawTopUpPayment } from '../gateway.ts';
import type { TopUpParts } from './parts.ts';
import type { PaymentTruth } from './read-payments.ts';
import type { GrantRow } from './rows.ts';

export interface SettleParts extends TopUpParts {
  /** How much usage of the running periods no credit pays for, in minor units of the currency. */
  readNotCovered(customerId: string, currency: string): Promise<number>;
  /** Told whose purchase may have moved. */
  onSettled?(customerId: string): void;
}

/** What the provider said, and which version of the row it was asked about. */
export interface Reading {
  version: number;
  truths: PaymentTruth[];
  hasWaitingDraft: boolean;
}

/** The payment that counts: the first of the paid ones. */
export function findPaid(truths: readonly PaymentTruth[]): RawTopUpPayment | undefined {
  return knownOf(truths).find(({ state }) => state === 'paid');
}

/** The payments that the provider knows. */
export function knownOf(truths: readonly PaymentTruth[]): RawTopUpPayment[] {
  return truths.flatMap((truth) => (truth.kind === 'known' ? [truth.payment] : []));
}

/** The payment that speaks for the purchase: the paid one, otherwise the newest. */
export function paymentOf({ truths }: Reading): RawTopUpPayment | null {
  return findPaid(truths) ?? knownOf(truths).at(-1) ?? null;
}

/** A row as the domain sees it. */
export function toPlanned(grant: GrantRow): PlannedGrant {
  return {
    generation: grant.generation,
    n: grant.n,
    state: grant.state,
    amountMinor: grant.amount_minor,
    takenBackMinor: grant.taken_back_minor,
  };
}

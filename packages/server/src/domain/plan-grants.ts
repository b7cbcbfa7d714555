import type { RawCharge } from '../gateway.ts';

/** One try to give a credit, as the store has it. */
export interface PlannedGrant {
  generation: number;
  n: number;
  state: 'planned' | 'made' | 'ending' | 'ended' | 'failed';
  amountMinor: number;
  /** What was unused when it was taken back. */
  takenBackMinor: number;
}

/** What is known of a paid purchase. */
export interface PaidPurchase {
  /** What was sold. */
  creditMinor: number;
  charge: RawCharge;
  grants: readonly PlannedGrant[];
  /** A draft invoice waits to be finalised with credits of this purchase on it. */
  hasWaitingDraft: boolean;
  /** The frozen expiry of its credits has passed: nothing can be given any more. */
  hasExpired: boolean;
}

/**
 * The next thing to do. `make`: a grant of `amountMinor` as the next generation (the same one again after a failed try). `resume`: go on with the try of that
 * generation. `take_back`: end the grant of that generation. `wait`: a partial refund has to leave the grant alone until the
 * draft that it covers is finalised. `done`: the customer has what the payment is worth, but for `shortfallMinor` that is used
 * already.
 */
export type GrantStep =
  | { kind: 'make'; generation: number; amountMinor: number }
  | { kind: 'resume'; generation: number }
  | { kind: 'take_back'; generation: number }
  | { kind: 'wait' }
  | { kind: 'done'; shortfallMinor: number };

/**
 * What a payment is worth in credits: all of them less the share of the charge that was refunded or lost to disputes. A
 * fraction of a minor unit is the customer's. What a promotion paid for entirely keeps its full worth.
 */
export function creditTargetMinor(creditMinor: number, charge: RawCharge): number {
  const { chargedMinor } = charge;
  if (chargedMinor <= 0) return creditMinor;
  const keptMinor = Math.max(0, chargedMinor - lostMinor(charge));
  const exact = BigInt(creditMinor) * BigInt(keptMinor);
  return Number((exact + BigInt(chargedMinor) - 1n) / BigInt(chargedMinor));
}

/** What was given back of a charge, or taken by disputes; never more than was charged. */
export function lostMinor({ chargedMinor, refundedMinor, disputedMinor }: RawCharge): number {
  return Math.min(chargedMinor, refundedMinor + disputedMinor);
}

/** What the customer has of the purchase, used or not: all that was given, or is being given, less what was taken back. */
export function creditedMinor(grants: readonly PlannedGrant[]): number {
  return grants
    .filter(({ state }) => state !== 'failed')
    .reduce((sum, { amountMinor, takenBackMinor }) => sum + amountMinor - takenBackMinor, 0);
}

/** Decides one step; asked again after each, it leads to `done` or `wait`. Depends on cumulative amounts only. */
export function planGrants(purchase: PaidPurchase): GrantStep {
  const { grants, creditMinor, charge } = purchase;
  const unfinished = grants.find(({ state }) => state === 'ending') ?? grants.find(isPlanned);
  if (unfinished?.state === 'ending') return { kind: 'take_back', generation: unfinished.generation };
  if (unfinished) return { kind: 'resume', generation: unfinished.generation };

  const targetMinor = creditTargetMinor(creditMinor, charge);
  const missingMinor = targetMinor - creditedMinor(grants);
  if (missingMinor === 0) return { kind: 'done', shortfallMinor: 0 };
  const generations = grants.filter(({ state }) => state !== 'failed').map(({ generation }) => generation);
  if (missingMinor > 0) {
    if (purchase.hasExpired) return { kind: 'done', shortfallMinor: 0 };
    return { kind: 'make', generation: Math.max(0, ...generations) + 1, amountMinor: missingMinor };
  }
  const made = grants.filter(({ state }) => state === 'made').map(({ generation }) => generation);
  if (made.length === 0) return { kind: 'done', shortfallMinor: -missingMinor };
  // What is left of it is given anew, and would come too late for a draft that has the old one on it.
  if (targetMinor > 0 && purchase.hasWaitingDraft) return { kind: 'wait' };
  return { kind: 'take_back', generation: Math.max(...made) };
}

function isPlanned({ state }: PlannedGrant): boolean {
  return state === 'planned';
}

/** How a paid purchase is called once nothing is left to do. */
export function paidState(charge: RawCharge): 'granted' | 'partially_refunded' | 'refunded' | 'disputed' {
  if (charge.disputedMinor > 0) return 'disputed';
  if (lostMinor(charge) === 0) return 'granted';
  return lostMinor(charge) >= charge.chargedMinor ? 'refunded' : 'partially_refunded';
}

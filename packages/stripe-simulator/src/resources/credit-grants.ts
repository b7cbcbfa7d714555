import type Stripe from 'stripe';
import type { CreditSource } from '../billing/allocate-credits.ts';
import { entriesOfGrant, ledgerBalance, post } from '../billing/credit-ledger.ts';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { Job, World } from '../world.ts';

/** How many unused grants a customer may have. */
export const MAX_UNUSED_GRANTS = 100;

export interface GrantState {
  id: string;
  customerId: string;
  amountMinor: number;
  currency: string;
  category: 'paid' | 'promotional';
  name: string | null;
  priority: number;
  /** Prices that it is limited to; `null` for every metered price. */
  priceIds: readonly string[] | null;
  createdSec: number;
  updatedSec: number;
  testClockId: string | null;
  effectiveSec: number;
  expiresSec: number | null;
  voidedSec: number | null;
  metadata: Record<string, string>;
}

export const creditGrants = defineTable<GrantState>();

export interface GrantInput {
  customerId: string;
  amountMinor: number;
  currency: string;
  category?: 'paid' | 'promotional' | undefined;
  name?: string | null | undefined;
  priority?: number | undefined;
  priceIds?: readonly string[] | null | undefined;
  effectiveSec?: number | undefined;
  expiresSec?: number | undefined;
  metadata?: Record<string, string>;
}

/**
 * Grants credits, effective now or later. The ledger entry is written at once, stamped with the effective time
 * (assumption: Stripe does not say when it writes the entry of a grant that is effective later).
 */
export function createGrant(world: World, input: GrantInput): GrantState {
  const nowSec = world.nowSec();
  const effectiveSec = input.effectiveSec ?? nowSec;
  if (effectiveSec < nowSec) {
    throw invalidRequest('`effective_at` cannot be in the past.', { param: 'effective_at' });
  }
  if (input.expiresSec !== undefined) checkExpiry(input.expiresSec, effectiveSec, nowSec);
  if (unusedGrants(world, input.customerId).length >= MAX_UNUSED_GRANTS) {
    throw invalidRequest(
      `This customer already has the maximum of ${MAX_UNUSED_GRANTS} unused credit grants.`,
    );
  }
  const grant = creditGrants(world).put({
    id: world.ids.next('credgr_test_'),
    customerId: input.customerId,
    amountMinor: input.amountMinor,
    currency: input.currency,
    category: input.category ?? 'paid',
    name: input.name ?? null,
    priority: input.priority ?? 50,
    priceIds: input.priceIds ?? null,
    createdSec: nowSec,
    updatedSec: nowSec,
    effectiveSec,
    expiresSec: input.expiresSec ?? null,
    voidedSec: null,
    testClockId: world.clockIdOf(input.customerId),
    metadata: input.metadata ?? {},
  });
  emit(world, {
    type: 'billing.credit_grant.created',
    object: toStripeCreditGrant(grant),
    customerId: grant.customerId,
  });
  post(world, {
    ...ownerOf(grant),
    kind: 'credits_granted',
    amountMinor: grant.amountMinor,
    invoice: null,
    effectiveSec,
  });
  if (grant.expiresSec !== null) world.schedule(grant.expiresSec, expireJob, grant.id);
  return grant;
}

/** Throws Stripe's 400 unless the expiry lies in the future and after the effective time. */
export function checkExpiry(expiresSec: number, effectiveSec: number, nowSec: number): void {
  if (expiresSec <= nowSec)
    throw invalidRequest('`expires_at` must be in the future.', { param: 'expires_at' });
  if (expiresSec <= effectiveSec)
    throw invalidRequest('`expires_at` must be after `effective_at`.', { param: 'expires_at' });
}

/** Moves or clears the expiry, with its place on the agenda. */
export function changeExpiry(world: World, grant: GrantState, expiresSec: number | null): GrantState {
  if (grant.voidedSec !== null)
    throw invalidRequest('This credit grant has been voided and cannot be updated.');
  if (grant.expiresSec !== null && grant.expiresSec <= world.nowSec()) {
    throw invalidRequest('This credit grant has already expired.', { param: 'expires_at' });
  }
  if (expiresSec !== null) {
    checkExpiry(expiresSec, grant.effectiveSec, world.nowSec());
    world.schedule(expiresSec, expireJob, grant.id);
  }
  return creditGrants(world).put({ ...grant, expiresSec, updatedSec: world.nowSec() });
}

/** Tells of a change of a grant, if anything that is seen has changed. */
export function grantUpdated(world: World, before: GrantState, after: GrantState): void {
  emitUpdate(world, {
    type: 'billing.credit_grant.updated',
    before: toStripeCreditGrant(before),
    after: toStripeCreditGrant(after),
    customerId: after.customerId,
  });
}

/** Ends a grant now; what is left of it leaves the ledger. */
export function expireGrant(world: World, grant: GrantState): GrantState {
  const nowSec = world.nowSec();
  if (grant.voidedSec !== null)
    throw invalidRequest('This credit grant has been voided and cannot be expired.');
  if (grant.expiresSec !== null && grant.expiresSec <= nowSec)
    throw invalidRequest('This credit grant has already expired.');
  const expired = creditGrants(world).put({ ...grant, expiresSec: nowSec, updatedSec: nowSec });
  grantUpdated(world, grant, expired);
  writeOff(world, expired, 'credits_expired');
  return expired;
}

/** Takes a grant back; only while it was never applied to an invoice, even in part and even if given back since. */
export function voidGrant(world: World, grant: GrantState): GrantState {
  if (grant.voidedSec !== null) throw invalidRequest('This credit grant has already been voided.');
  if (entriesOfGrant(world, grant.id).some((entry) => entry.kind === 'credits_applied')) {
    throw invalidRequest(
      'You cannot void a credit grant that has been applied to an invoice. Expire it instead.',
    );
  }
  if (grant.expiresSec !== null && grant.expiresSec <= world.nowSec()) {
    throw invalidRequest('You cannot void a credit grant that has expired.');
  }
  const voided = creditGrants(world).put({ ...grant, voidedSec: world.nowSec(), updatedSec: world.nowSec() });
  grantUpdated(world, grant, voided);
  writeOff(world, voided, 'credits_voided');
  return voided;
}

/** Gives back what a voided invoice had taken; a grant that has expired meanwhile expires again at once. */
export function reinstateCredits(
  world: World,
  grantId: string,
  amountMinor: number,
  invoice: { invoiceId: string; lineId: string },
): void {
  const grant = requireGrant(world, grantId);
  post(world, { ...ownerOf(grant), kind: 'credits_application_invoice_voided', amountMinor, invoice });
  if (grant.expiresSec !== null && grant.expiresSec <= world.nowSec())
    writeOff(world, grant, 'credits_expired');
}

const expireJob: Job = {
  name: 'credit_grant.expire',
  run(world, id) {
    const grant = creditGrants(world).get(id);
    if (grant === undefined || grant.voidedSec !== null) return;
    if (grant.expiresSec !== null && grant.expiresSec <= world.nowSec())
      writeOff(world, grant, 'credits_expired');
  },
};

/** Debits what is left of a grant: now, or, if the grant was to take effect later, when its credit would have. */
function writeOff(world: World, grant: GrantState, kind: 'credits_expired' | 'credits_voided'): void {
  const leftMinor = ledgerBalance(world, grant.id);
  if (leftMinor <= 0) return;
  const effectiveSec = Math.max(world.nowSec(), grant.effectiveSec);
  post(world, { ...ownerOf(grant), kind, amountMinor: leftMinor, invoice: null, effectiveSec });
}

function ownerOf(grant: GrantState): { grantId: string; customerId: string; currency: string } {
  return { grantId: grant.id, customerId: grant.customerId, currency: grant.currency };
}

export function requireGrant(world: World, id: string, param = 'id'): GrantState {
  const grant = creditGrants(world).get(id);
  if (grant === undefined) throw resourceMissing('credit grant', id, param);
  return grant;
}

export function grantsOf(world: World, customerId: string): GrantState[] {
  return creditGrants(world)
    .oldestFirst()
    .filter((grant) => grant.customerId === customerId);
}

/** Grants that count towards the cap: not voided, not expired, with something left by the ledger. */
export function unusedGrants(world: World, customerId: string): GrantState[] {
  return grantsOf(world, customerId).filter(
    (grant) =>
      grant.voidedSec === null &&
      (grant.expiresSec === null || grant.expiresSec > world.nowSec()) &&
      ledgerBalance(world, grant.id) > 0,
  );
}

/** A customer's grants as sources of credit, each with what the ledger has left. */
export function creditSources(world: World, customerId: string): CreditSource[] {
  return grantsOf(world, customerId).map((grant) => ({
    ...grant,
    grantId: grant.id,
    remainingMinor: ledgerBalance(world, grant.id),
  }));
}

export function toStripeCreditGrant(grant: GrantState) {
  return {
    id: grant.id,
    object: 'billing.credit_grant',
    amount: { monetary: { currency: grant.currency, value: grant.amountMinor }, type: 'monetary' },
    applicability_config: {
      scope:
        grant.priceIds === null
          ? { price_type: 'metered' }
          : { prices: grant.priceIds.map((id) => ({ id })) },
    },
    category: grant.category,
    created: grant.createdSec,
    customer: grant.customerId,
    customer_account: null,
    effective_at: grant.effectiveSec,
    expires_at: grant.expiresSec,
    livemode: false,
    metadata: grant.metadata,
    name: grant.name,
    priority: grant.priority,
    test_clock: grant.testClockId,
    updated: grant.updatedSec,
    voided_at: grant.voidedSec,
  } satisfies Wire<Stripe.Billing.CreditGrant>;
}

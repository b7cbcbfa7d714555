import type { CreditBalance, CreditGrant, CreditScope, Money } from '@meterboard/contract';
import type {
  RawCreditGrant,
  RawCreditTransaction,
  RawDocument,
  RawSubscription,
  RawSubscriptionItem,
} from '../gateway.ts';
import { type AllocatedDocument, allocateCredits } from './allocate-credits.ts';
import { describeNextInvoice } from './describe-next-invoice.ts';
import { compareGrants, foldLedger, type LedgerGrant } from './grant-order.ts';
import { lastPeriodEndBefore } from './period-ends.ts';

/** Everything that a balance is made of, read together. */
export interface CreditSources {
  grants: readonly RawCreditGrant[];
  transactions: readonly RawCreditTransaction[];
  /** Drafts and one preview per subscription. */
  documents: readonly RawDocument[];
  subscriptions: readonly RawSubscription[];
  /** Paid top-ups that the store does not know to be credits yet. */
  arriving?: readonly ArrivingTopUp[];
}

/** A paid top-up on its way to become a credit. */
export interface ArrivingTopUp {
  topUpId: string;
  currency: string;
  amountMinor: number;
}

/** The host's rules about credits. */
export interface CreditPolicy {
  /** A `remaining` below this is low: in every currency alike, or by currency; `null`: no threshold. */
  lowBelowMinor: number | Readonly<Record<string, number>> | null;
}

/**
 * The customer's balances, one per currency and scope: by currency, unlimited scope first. In each,
 * `remaining = balance − onDrafts − unbilled`, all of it in live grants. Independent of the order of its sources.
 */
export function summarizeCredits(
  sources: CreditSources,
  policy: CreditPolicy,
  nowMs: number,
): CreditBalance[] {
  const ledger = foldLedger(sources.grants, sources.transactions, nowMs);
  const allocated = allocateCredits(sources.documents, ledger);
  const consumers = listConsumers(sources.subscriptions);
  const arriving = listArriving(sources);
  return listKeys(ledger, consumers, arriving).map((key) =>
    summarizeOne({
      ...key,
      ledger: ledger.filter(({ grant }) => keyOf(grant).id === key.id),
      allocated: allocated.filter(({ document }) => document.currency === key.currency),
      consumers: consumers.filter((consumer) => canSpend(consumer, key)),
      arriving:
        key.scope.kind === 'all_usage' ? arriving.filter(({ currency }) => currency === key.currency) : [],
      policy,
    }),
  );
}

/** A live metered item: only these can use credits. */
interface Consumer {
  currency: string;
  subscription: RawSubscription;
  item: RawSubscriptionItem;
}

interface BalanceKey {
  id: string;
  currency: string;
  scope: CreditScope;
}

interface BalanceParts extends BalanceKey {
  ledger: LedgerGrant[];
  /** All documents of the currency, also those that take nothing from these grants. */
  allocated: AllocatedDocument[];
  consumers: Consumer[];
  arriving: ArrivingTopUp[];
  policy: CreditPolicy;
}

/** One whose grant is in this very snapshot has arrived, whatever the store knows by now. */
function listArriving({ arriving = [], grants }: CreditSources): ArrivingTopUp[] {
  const granted = new Set(grants.map(({ owner }) => owner?.ownerId));
  return arriving.filter(({ topUpId }) => !granted.has(topUpId));
}

function listConsumers(subscriptions: readonly RawSubscription[]): Consumer[] {
  return subscriptions
    .filter(({ live }) => live)
    .flatMap((subscription) =>
      subscription.items
        .filter(({ meterId }) => meterId !== null)
        .map((item) => ({ currency: subscription.currency, subscription, item })),
    );
}

function canSpend({ currency, item }: Consumer, key: BalanceKey): boolean {
  return (
    currency === key.currency && (key.scope.kind === 'all_usage' || key.scope.priceIds.includes(item.priceId))
  );
}

function keyOf(grant: RawCreditGrant): BalanceKey {
  const { currency } = grant.amount;
  if (grant.priceIds === null) return { id: currency, currency, scope: { kind: 'all_usage' } };
  const priceIds = grant.priceIds.toSorted();
  return { id: `${currency} ${priceIds.join(' ')}`, currency, scope: { kind: 'prices', priceIds } };
}

function listKeys(
  ledger: readonly LedgerGrant[],
  consumers: readonly Consumer[],
  arriving: readonly ArrivingTopUp[],
): BalanceKey[] {
  const keys = new Map<string, BalanceKey>();
  for (const { currency } of [...consumers, ...arriving])
    keys.set(currency, { id: currency, currency, scope: { kind: 'all_usage' } });
  for (const { grant } of ledger) keys.set(keyOf(grant).id, keyOf(grant));
  return [...keys.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function summarizeOne(parts: BalanceParts): CreditBalance {
  const { currency, scope, ledger, allocated, consumers } = parts;
  const money = (amountMinor: number): Money => ({ amountMinor, currency });
  const taken = sumTakes(allocated);
  const live = ledger.filter(({ state }) => state === 'active' || state === 'depleted');
  const ahead = ledger.filter(({ state }) => state === 'upcoming');

  const balanceMinor = sum(live.map(({ ledgerMinor }) => ledgerMinor));
  const onDraftsMinor = sum(live.map(({ grant }) => taken.drafts.get(grant.grantId) ?? 0));
  const unbilledMinor = sum(live.map(({ grant }) => taken.previews.get(grant.grantId) ?? 0));
  const remainingMinor = balanceMinor - onDraftsMinor - unbilledMinor;
  const upcomingMinor = sum(ahead.map(({ ledgerMinor }) => ledgerMinor));
  const nextPeriodEndMs = findNextPeriodEnd(allocated, consumers);
  const grants = describeGrants(parts, taken, nextPeriodEndMs);
  const arrivingMinor = sum(parts.arriving.map(({ amountMinor }) => amountMinor));
  // A draft's period has ended: what comes now is too late for it.
  const openMinor = sum(
    allocated.filter(({ document }) => document.kind === 'preview').map((a) => a.notCoveredMinor),
  );
  const arrivingCoversMinor = Math.min(arrivingMinor, openMinor);
  const lowBelowMinor = scope.kind === 'all_usage' ? thresholdOf(parts.policy, currency) : null;

  return {
    currency,
    scope,
    balance: money(balanceMinor),
    onDrafts: money(onDraftsMinor),
    unbilled: money(unbilledMinor),
    remaining: money(remainingMinor),
    remainingRatio: balanceMinor === 0 ? null : remainingMinor / balanceMinor,
    terms: [
      { kind: 'balance', amount: money(balanceMinor) },
      { kind: 'on_drafts', amount: money(negate(onDraftsMinor)) },
      { kind: 'unbilled', amount: money(negate(unbilledMinor)) },
      { kind: 'remaining', amount: money(remainingMinor) },
      ...(arrivingMinor === 0
        ? []
        : [
            { kind: 'arriving' as const, amount: money(arrivingMinor) },
            { kind: 'arriving_covers_used' as const, amount: money(negate(arrivingCoversMinor)) },
            {
              kind: 'after_arrival' as const,
              amount: money(remainingMinor + arrivingMinor - arrivingCoversMinor),
            },
          ]),
    ],
    upcoming: money(upcomingMinor),
    takenFromUpcoming: money(sum(ahead.map(({ grant }) => taken.all.get(grant.grantId) ?? 0))),
    arriving: money(arrivingMinor),
    arrivingCoversUsed: money(arrivingCoversMinor),
    expiring: money(
      sum(
        grants
          .filter(({ state, cannotPayCurrentPeriod }) => state === 'active' && cannotPayCurrentPeriod)
          .map(({ ledgerRemaining, spokenFor }) => ledgerRemaining.amountMinor - spokenFor.amountMinor),
      ),
    ),
    notCovered: scope.kind === 'all_usage' ? money(sum(allocated.map((a) => a.notCoveredMinor))) : null,
    nextInvoice: scope.kind === 'all_usage' ? describeNextInvoice(allocated, currency) : null,
    sharedBySubscriptions: new Set(consumers.map(({ subscription }) => subscription.subscriptionId)).size > 1,
    status:
      ledger.length === 0
        ? 'none'
        : judge(remainingMinor, balanceMinor + upcomingMinor > 0 && consumers.length === 0, lowBelowMinor),
    lowBelow: lowBelowMinor === null ? null : money(lowBelowMinor),
    grants,
  };
}

function thresholdOf({ lowBelowMinor }: CreditPolicy, currency: string): number | null {
  if (lowBelowMinor === null || typeof lowBelowMinor === 'number') return lowBelowMinor;
  return Object.hasOwn(lowBelowMinor, currency) ? (lowBelowMinor[currency] ?? null) : null;
}

function judge(
  remainingMinor: number,
  unusable: boolean,
  lowBelowMinor: number | null,
): CreditBalance['status'] {
  if (unusable) return 'unusable';
  if (remainingMinor === 0) return 'empty';
  return lowBelowMinor !== null && remainingMinor < lowBelowMinor ? 'low' : 'ok';
}

interface Taken {
  drafts: Map<string, number>;
  previews: Map<string, number>;
  all: Map<string, number>;
}

function sumTakes(allocated: readonly AllocatedDocument[]): Taken {
  const taken: Taken = { drafts: new Map(), previews: new Map(), all: new Map() };
  for (const { document, takes } of allocated) {
    const part = document.kind === 'draft' ? taken.drafts : taken.previews;
    for (const { grantId, takenMinor } of takes) {
      for (const map of [part, taken.all]) map.set(grantId, (map.get(grantId) ?? 0) + takenMinor);
    }
  }
  return taken;
}

/** The end of the next document's period; without an upcoming document, of the first period that ends. */
function findNextPeriodEnd(
  allocated: readonly AllocatedDocument[],
  consumers: readonly Consumer[],
): number | null {
  const upcoming = allocated.filter(({ document }) => document.kind === 'preview');
  const ends =
    upcoming.length > 0
      ? upcoming.map(({ document }) => document.periodEndMs)
      : consumers.map(({ item }) => item.period.endMs);
  return ends.length === 0 ? null : Math.min(...ends);
}

function describeGrants(parts: BalanceParts, taken: Taken, nextPeriodEndMs: number | null): CreditGrant[] {
  const usable = parts.ledger.filter(({ state }) => state === 'active' || state === 'upcoming');
  const spent = parts.ledger.filter(({ state }) => state !== 'active' && state !== 'upcoming');
  return [
    ...usable.toSorted((a, b) => compareGrants(a.grant, b.grant)),
    ...spent.toSorted((a, b) => b.grant.createdAtMs - a.grant.createdAtMs || compareGrants(a.grant, b.grant)),
  ].map(({ grant, ledgerMinor, state }) => {
    const { expiresAtMs } = grant;
    const { currency } = grant.amount;
    return {
      grantId: grant.grantId,
      name: grant.name,
      category: grant.category,
      state,
      granted: grant.amount,
      ledgerRemaining: { amountMinor: state === 'voided' || state === 'expired' ? 0 : ledgerMinor, currency },
      spokenFor: { amountMinor: taken.all.get(grant.grantId) ?? 0, currency },
      effectiveAtMs: grant.effectiveAtMs,
      expiresAtMs,
      coversUsageUntilMs: expiresAtMs === null ? null : lastCovered(expiresAtMs, parts.consumers),
      cannotPayCurrentPeriod:
        expiresAtMs !== null && nextPeriodEndMs !== null && expiresAtMs <= nextPeriodEndMs,
    };
  });
}

/** The last period end before the expiry among the items that could use the grant, if it is not over already. */
function lastCovered(expiresAtMs: number, consumers: readonly Consumer[]): number | null {
  const ends = consumers
    .filter(({ item }) => item.period.endMs < expiresAtMs)
    .map(({ subscription, item }) =>
      Math.max(
        item.period.endMs,
        lastPeriodEndBefore(
          expiresAtMs,
          { anchorMs: subscription.billingAnchorMs, anchorDay: subscription.billingAnchorDay },
          item.recurrence,
        ),
      ),
    );
  return ends.length === 0 ? null : Math.max(...ends);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

function negate(amountMinor: number): number {
  return amountMinor === 0 ? 0 : -amountMinor;
}

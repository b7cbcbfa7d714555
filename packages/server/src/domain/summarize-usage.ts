import type { MeterUsage, Money } from '@meterboard/contract';
import type { RawDocument, RawPrice, RawSubscription, RawSubscriptionItem } from '../gateway.ts';
import { isZero, ratioOf, reaches } from './decimal.ts';
import type { ShownMeter } from './describe-meters.ts';

/** A live item that bills a meter, with its subscription. */
export interface BillingItem {
  subscription: RawSubscription;
  item: RawSubscriptionItem;
}

/** The live items that bill a meter; the first one's period is the meter's billing period. */
export function findBillingItems(subscriptions: readonly RawSubscription[], meterId: string): BillingItem[] {
  return subscriptions
    .filter(({ live }) => live)
    .flatMap((subscription) =>
      subscription.items.filter((item) => item.meterId === meterId).map((item) => ({ subscription, item })),
    );
}

/** What a meter's summary is made of. */
export interface UsageSummarySources {
  shown: ShownMeter;
  /** Over the billing period so far; decimal string. */
  total: string | null;
  billing: readonly BillingItem[];
  /** Of the first billing item. */
  price: RawPrice | null;
  previews: readonly RawDocument[];
}

/** Usage of one meter in the current period, judged against the host's limit, else against what is included. */
export function summarizeMeter({ shown, total, billing, price, previews }: UsageSummarySources): MeterUsage {
  const included = price === null ? null : includedQuantity(price);
  const whole = shown.limit ?? included;
  return {
    meter: shown.meter,
    period: billing[0]?.item.period ?? null,
    total,
    included,
    limit: shown.limit,
    usedRatio: total === null || whole === null ? null : ratioOf(total, whole),
    status: judgeUsage(total, whole),
    cost: costSoFar(shown.meterId, billing, previews),
  };
}

/** `near` from 80 %, `over` from 100 % of `whole`; without one, `ok`. */
export function judgeUsage(total: string | null, whole: string | null): MeterUsage['status'] {
  if (total === null || whole === null || isZero(total)) return 'ok';
  if (reaches(total, '1', whole)) return 'over';
  return reaches(total, '0.8', whole) ? 'near' : 'ok';
}

/**
 * The quantity that the price's first tiers give away; `null` where none does, or all do. Volume tiers include
 * nothing: beyond the free tier they price all of it.
 */
export function includedQuantity({ tiers, tiersMode }: RawPrice): string | null {
  if (tiersMode === 'volume') return null;
  let included: string | null = null;
  for (const { upTo, unitAmountMinor, flatAmountMinor } of tiers) {
    if (!isZero(unitAmountMinor) || !isZero(flatAmountMinor)) return included;
    included = upTo;
  }
  return null;
}

/** What the previews bill for the meter, under former prices too, before credits, in the first item's currency. */
function costSoFar(
  meterId: string,
  billing: readonly BillingItem[],
  previews: readonly RawDocument[],
): Money | null {
  const first = billing[0];
  if (!first) return null;
  const { currency } = first.subscription;
  const billedBy = new Set(billing.map(({ subscription }) => subscription.subscriptionId));
  const found = previews.filter(
    (preview) =>
      preview.currency === currency &&
      preview.subscriptionId !== null &&
      billedBy.has(preview.subscriptionId),
  );
  if (found.length === 0) return null;
  const lines = found.flatMap((preview) => preview.lines).filter((line) => line.meterId === meterId);
  return { amountMinor: lines.reduce((sum, { netAmountMinor }) => sum + netAmountMinor, 0), currency };
}

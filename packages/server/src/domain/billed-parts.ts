import type { TimeSpan } from '@meterboard/contract';
import type {
  RawDocument,
  RawDocumentLine,
  RawPrice,
  RawSubscription,
  RawSubscriptionItem,
} from '../gateway.ts';
import { addDecimals, isZero, subtractDecimals } from './decimal.ts';
import type { BillingCycle } from './period-ends.ts';
import { priceQuantity } from './pricing.ts';

/** A live item that bills a meter, with its subscription. */
export interface BillingItem {
  subscription: RawSubscription;
  item: RawSubscriptionItem;
}

/** What the periods of the item are counted from. */
export function cycleOf({ subscription, item }: BillingItem): BillingCycle {
  const { billingAnchorMs, billingAnchorDay: anchorDay, createdAtMs } = subscription;
  return {
    period: item.period,
    anchorMs: billingAnchorMs,
    anchorDay,
    recurrence: item.recurrence,
    createdAtMs,
  };
}

/** The live items that bill a meter; the first one's period is the meter's billing period. */
export function findBillingItems(subscriptions: readonly RawSubscription[], meterId: string): BillingItem[] {
  return subscriptions
    .filter(({ live }) => live)
    .flatMap((subscription) =>
      subscription.items.filter((item) => item.meterId === meterId).map((item) => ({ subscription, item })),
    );
}

/** What bills a meter, apart by currency; the first item's currency first. */
export function groupByCurrency(billing: readonly BillingItem[]): BillingItem[][] {
  const groups = new Map<string, BillingItem[]>();
  for (const one of billing) {
    const { currency } = one.subscription;
    groups.set(currency, [...(groups.get(currency) ?? []), one]);
  }
  return [...groups.values()];
}

/** What one price bills of a meter: a part of the period where the price changed, otherwise all of it. */
export interface BilledPart {
  priceId: string;
  span: TimeSpan;
  /** The preview's: one for each tier and fee. At least one. */
  lines: RawDocumentLine[];
}

/** The previews of what bills a meter, in the first item's currency. */
export function previewsOf(billing: readonly BillingItem[], previews: readonly RawDocument[]): RawDocument[] {
  const currency = billing[0]?.subscription.currency;
  const billedBy = new Set(billing.map(({ subscription }) => subscription.subscriptionId));
  return previews.filter(
    (preview) =>
      preview.currency === currency &&
      preview.subscriptionId !== null &&
      billedBy.has(preview.subscriptionId),
  );
}

/** The parts that previews bill for a meter in the first item's currency, in their order, each price and span of a subscription once. */
export function billedParts(
  meterId: string,
  billing: readonly BillingItem[],
  previews: readonly RawDocument[],
): BilledPart[] {
  const parts = new Map<string, BilledPart>();
  for (const { documentId, lines } of previewsOf(billing, previews)) {
    for (const line of lines) {
      if (line.meterId !== meterId || line.priceId === null) continue;
      const { priceId, period: span } = line;
      const key = [documentId, priceId, span.startMs, span.endMs].join(' ');
      const part = parts.get(key) ?? { priceId, span, lines: [] };
      part.lines.push(line);
      parts.set(key, part);
    }
  }
  return [...parts.values()];
}

/** What the lines charge, before discounts, credits and tax. Minor units. */
export function grossOf(lines: readonly RawDocumentLine[]): number {
  return lines.reduce((sum, { netAmountMinor, discountMinor }) => sum + netAmountMinor + discountMinor, 0);
}

/**
 * The quantity that the lines of a part bill, exactly as the provider counted it; decimal string. A flat fee has a line
 * too, whose quantity of one is told apart by trying: only the right quantity has these lines and costs what they say.
 * `null` where none does.
 */
export function billedQuantity(price: RawPrice, lines: readonly RawDocumentLine[]): string | null {
  const shown = lines.flatMap(({ quantity }) => quantity ?? []);
  const counted = addDecimals(shown);
  const grossMinor = grossOf(lines);
  const fees = price.tiers.filter(({ flatAmountMinor }) => !isZero(flatAmountMinor)).length;
  for (let feeCount = fees; feeCount >= 0; feeCount -= 1) {
    const quantity = subtractDecimals(counted, String(feeCount));
    const priced = quantity.startsWith('-') ? null : priceQuantity(price, quantity);
    if (priced?.amountMinor === grossMinor && priced.tiers.every((tier) => shown.includes(tier.quantity)))
      return quantity;
  }
  return null;
}

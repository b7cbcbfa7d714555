import type { MeterUsage, Money } from '@meterboard/contract';
import type { RawDocument, RawPrice } from '../gateway.ts';
import {
  type BillingItem,
  billedParts,
  billedQuantity,
  groupByCurrency,
  previewsOf,
} from './billed-parts.ts';
import { changeRatioOf } from './compare-usage.ts';
import { addDecimals, exceeds, isZero, ratioOf, reaches, subtractDecimals } from './decimal.ts';
import type { ShownMeter } from './describe-meters.ts';
import { crossingOf, type MeterForecast } from './forecast-meter.ts';
import { nextTier } from './pricing.ts';

/** What a meter's summary is made of. */
export interface UsageSummarySources {
  shown: ShownMeter;
  /** Over the billing period so far; decimal string. */
  total: string | null;
  /** By day, up to today. */
  days: (string | null)[];
  /** What the period before had used by the same time. */
  toDate: string | null;
  forecast: MeterForecast;
  billing: readonly BillingItem[];
  /** Of the first billing item. */
  price: RawPrice | null;
  previews: readonly RawDocument[];
}

/** Usage of one meter in the current period, judged against the host's limit, else against what is included. */
export function summarizeMeter(sources: UsageSummarySources): MeterUsage {
  const { shown, total, days, toDate, forecast, billing, price, previews } = sources;
  const included = price === null ? null : includedQuantity(price);
  const whole = shown.limit ?? included;
  return {
    meter: shown.meter,
    period: billing[0]?.item.period ?? null,
    total,
    included,
    limit: shown.limit,
    usedRatio: total === null || whole === null ? null : ratioOf(total, whole),
    status: shown.limit === null ? judgeIncluded(total, included) : judgeLimit(total, shown.limit),
    costs: costsSoFar(shown.meterId, billing, previews),
    days,
    previous: { toDate, changeRatio: changeRatioOf(total, toDate) },
    forecast: withoutPath(forecast),
    limitCrossing: shown.limit === null ? null : crossingOf(shown.limit, total, forecast, 'reached'),
    nextTier: findNextTier(sources),
  };
}

function withoutPath(forecast: MeterForecast): MeterUsage['forecast'] {
  if (forecast.kind === 'unavailable') return forecast;
  const { kind, total, basedOnDays } = forecast;
  return { kind, total, basedOnDays };
}

/** Tiers count from the last change of the price: what was used before it is told by the preview's other lines. */
function findNextTier(sources: UsageSummarySources): MeterUsage['nextTier'] {
  const { shown, total, forecast, billing, price, previews } = sources;
  const [first] = billing;
  if (total === null || price === null || !first) return null;
  const parts = billedParts(shown.meterId, [first], previews);
  const current = parts.toSorted((a, b) => a.span.startMs - b.span.startMs).at(-1);
  const counted = (current?.priceId === price.priceId && billedQuantity(price, current.lines)) || total;
  const next = nextTier(price, counted);
  if (next === null) return null;
  const before = parts.length > 1 ? subtractDecimals(total, counted) : '0';
  const crossing = crossingOf(addDecimals([next.aboveQuantity, before]), total, forecast, 'exceeded');
  return { fromQuantity: next.aboveQuantity, crossing };
}

/** `near` from 80 %, `over` from 100 % of the host's limit. */
export function judgeLimit(total: string | null, limit: string): MeterUsage['status'] {
  if (total === null || isZero(total)) return 'ok';
  if (reaches(total, '1', limit)) return 'over';
  return reaches(total, '0.8', limit) ? 'near' : 'ok';
}

/** `near` from 80 % of what is included, `over` beyond it: its last unit is still free. Without any, `ok`. */
export function judgeIncluded(total: string | null, included: string | null): MeterUsage['status'] {
  if (total === null || included === null || isZero(total)) return 'ok';
  if (exceeds(total, included)) return 'over';
  return reaches(total, '0.8', included) ? 'near' : 'ok';
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

/** What the previews bill for the meter, under former prices too, before credits; in each currency that has a preview. */
function costsSoFar(
  meterId: string,
  billing: readonly BillingItem[],
  previews: readonly RawDocument[],
): Money[] {
  return groupByCurrency(billing).flatMap((group) => {
    const [first] = previewsOf(group, previews);
    if (!first) return [];
    const lines = billedParts(meterId, group, previews).flatMap((part) => part.lines);
    const amountMinor = lines.reduce((sum, { netAmountMinor }) => sum + netAmountMinor, 0);
    return [{ amountMinor, currency: first.currency }];
  });
}

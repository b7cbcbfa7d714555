import type { CostLine, CostPart, Measured, MeterCost, UsageCost } from '@meterboard/contract';
import { dayMs, fixtureMeasured, fixturePeriod, usd } from './fixture-clock.ts';
import { fixtureMeters, fixtureSeries } from './fixture-usage.ts';

/** A total split over the days that had usage; the last one takes what rounding leaves. */
function daysOf(meter: number, totalMinor: number): MeterCost['days'] {
  const buckets = fixtureSeries[meter]?.buckets.filter(({ quantity }) => quantity !== null) ?? [];
  const whole = buckets.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  let left = totalMinor;
  return buckets.map(({ startMs, quantity }, day) => {
    const share =
      day === buckets.length - 1 ? left : Math.round((totalMinor * Number(quantity)) / (whole || 1));
    left -= share;
    return { startMs, endMs: startMs + dayMs, amount: usd(share) };
  });
}

function wholePeriod(label: string, lines: CostLine[]): CostPart {
  return { ...fixturePeriod, label, lines };
}

/** A meter in three tiers with a flat fee, and one by package whose parts only come close. */
export function fixtureCost(measured: Measured = fixtureMeasured()): UsageCost {
  const [requests, tokens] = fixtureMeters;
  if (!requests || !tokens) throw new Error('fixtures hold meters');
  const usage = { kind: 'usage', packageSize: '1' } as const;
  return {
    ...measured,
    source: 'estimate',
    timeZone: 'UTC',
    meters: [
      {
        meter: requests,
        period: fixturePeriod,
        total: usd(3120),
        parts: [
          wholePeriod(requests.label, [
            {
              ...usage,
              fromQuantity: '0',
              toQuantity: '5000',
              quantity: '5000',
              unitAmountMinor: '0',
              amount: usd(0),
            },
            {
              ...usage,
              fromQuantity: '5000',
              toQuantity: '10000',
              quantity: '5000',
              unitAmountMinor: '0.35',
              amount: usd(1750),
            },
            {
              ...usage,
              fromQuantity: '10000',
              toQuantity: null,
              quantity: '4849',
              unitAmountMinor: '0.18',
              amount: usd(873),
            },
            {
              ...usage,
              kind: 'flat_fee',
              fromQuantity: '10000',
              toQuantity: null,
              quantity: '1',
              unitAmountMinor: null,
              amount: usd(497),
            },
          ]),
        ],
        days: daysOf(0, 3120),
        differs: false,
      },
      {
        meter: tokens,
        period: fixturePeriod,
        total: usd(1528),
        parts: [
          wholePeriod(tokens.label, [
            {
              ...usage,
              fromQuantity: '0',
              toQuantity: null,
              quantity: '10884317',
              unitAmountMinor: '140',
              packageSize: '1000000',
              amount: usd(1524),
            },
          ]),
        ],
        days: daysOf(1, 1524),
        differs: true,
      },
    ],
    totals: [usd(4648)],
  };
}

/** The first meter after a change of plan within the period: both parts begin at the first unit. */
export function fixtureCostOfChange(measured: Measured = fixtureMeasured()): UsageCost {
  const whole = fixtureCost(measured);
  const [requests] = whole.meters;
  if (!requests) throw new Error('fixtures hold costs');
  const changedAtMs = fixturePeriod.startMs + 9 * dayMs;
  const usage = { kind: 'usage', packageSize: '1' } as const;
  const changed: MeterCost = {
    ...requests,
    total: usd(3170),
    parts: [
      {
        startMs: fixturePeriod.startMs,
        endMs: changedAtMs,
        label: 'Starter',
        lines: [
          {
            ...usage,
            fromQuantity: '0',
            toQuantity: null,
            quantity: '5849',
            unitAmountMinor: '0.2',
            amount: usd(1170),
          },
        ],
      },
      {
        startMs: changedAtMs,
        endMs: fixturePeriod.endMs,
        label: 'Pro 2026',
        lines: [
          {
            ...usage,
            fromQuantity: '0',
            toQuantity: '5000',
            quantity: '5000',
            unitAmountMinor: '0',
            amount: usd(0),
          },
          {
            ...usage,
            fromQuantity: '5000',
            toQuantity: null,
            quantity: '4000',
            unitAmountMinor: '0.5',
            amount: usd(2000),
          },
        ],
      },
    ],
    days: daysOf(0, 3170),
  };
  return { ...whole, meters: [changed], totals: [changed.total] };
}

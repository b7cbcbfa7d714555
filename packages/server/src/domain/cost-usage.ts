import type { Aggregation, CostLine, MeterCost, Money, TimeSpan } from '@meterboard/contract';
import type { RawPrice } from '../gateway.ts';
import { type BilledPart, billedQuantity, grossOf } from './billed-parts.ts';
import { type CalendarBucket, tileBuckets } from './buckets.ts';
import { costByBucket } from './cost-over-time.ts';
import { addDecimals } from './decimal.ts';
import { linesOf, type PricedQuantity, priceQuantity } from './pricing.ts';
import { floorTo, minuteMs } from './time-units.ts';

/** A part of what is billed, with its price. */
export interface PricedPart extends BilledPart {
  price: RawPrice;
}

/** The days of what is billed, up to now, and the pieces that they are read in: no piece lies in two parts. */
export interface CostDays {
  days: CalendarBucket[];
  pieces: CalendarBucket[];
}

/** A piece and what was used in it. */
export interface UsedPiece extends TimeSpan {
  quantity: string | null;
}

/** What a meter costs, and which prices of ours another sum came from. */
export interface CostedMeter extends Pick<MeterCost, 'total' | 'parts' | 'days' | 'differs'> {
  differences: { priceId: string; oursMinor: number; theirsMinor: number }[];
}

/** Cuts the days where a price comes into force or ends. */
export function planCostDays(
  period: TimeSpan,
  parts: readonly BilledPart[],
  timeZone: string,
  nowMs: number,
): CostDays {
  const spans = [period, ...parts.map(({ span }) => span)].map(onMinutes);
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.endMs));
  const days = tileBuckets({ startMs, endMs }, 'day', timeZone).filter((day) => day.startMs <= nowMs);
  const edges = [...new Set(spans.flatMap((span) => [span.startMs, span.endMs]))].toSorted((a, b) => a - b);
  const pieces = days.flatMap((day) => {
    const cuts = [day.startMs, ...edges.filter((edge) => edge > day.startMs && edge < day.endMs), day.endMs];
    return cuts
      .slice(1)
      .map((endsMs, index) => ({ startMs: cuts[index] ?? endsMs, endMs: endsMs, partial: true }));
  });
  return { days, pieces };
}

/**
 * What a meter costs: part by part and tier by tier as our pricing sees the provider's quantities, and day by day. Lines and days add up
 * to the provider's total unless `differs`; what cannot be laid on a day (odd seconds of an edge, usage that arrived in
 * between) falls on the last one. `pieces: null`: the days could not be read. A part whose price this version does not
 * know is one line of the provider's amount.
 */
export function costMeter(
  parts: readonly PricedPart[],
  days: readonly TimeSpan[],
  pieces: readonly UsedPiece[] | null,
  aggregation: Aggregation,
  currency: string,
): CostedMeter {
  const money = (amountMinor: number): Money => ({
    amountMinor: amountMinor === 0 ? 0 : amountMinor,
    currency,
  });
  const known = pieces ?? days.map((day) => ({ ...day, quantity: null }));
  const costed = parts.map((part) => costPart(part, known, aggregation));
  return {
    total: money(costed.reduce((sum, { theirsMinor }) => sum + theirsMinor, 0)),
    parts: costed.map(({ span: { startMs, endMs }, label, lines }) => ({
      startMs,
      endMs,
      label,
      lines: lines.map(({ amountMinor, ...line }) => ({ ...line, amount: money(amountMinor) })),
    })),
    days: days.map(({ startMs, endMs }) => {
      const steps = costed.flatMap(({ steps }) =>
        steps.filter(({ piece }) => piece.startMs < endMs && piece.endMs > startMs),
      );
      const isKnown = steps.every(({ minor }) => minor !== null);
      const sum = steps.reduce((minor, step) => minor + (step.minor ?? 0), 0);
      return { startMs, endMs, amount: isKnown ? money(sum) : null };
    }),
    differs: costed.some(({ oursMinor, theirsMinor }) => oursMinor !== theirsMinor),
    differences: costed.flatMap(({ priceId, oursMinor, theirsMinor }) =>
      oursMinor === theirsMinor ? [] : [{ priceId, oursMinor, theirsMinor }],
    ),
  };
}

type BareLine = Omit<CostLine, 'amount'> & { amountMinor: number };

interface CostedPart extends Pick<BilledPart, 'priceId' | 'span'> {
  label: string | null;
  oursMinor: number;
  theirsMinor: number;
  lines: BareLine[];
  steps: { piece: TimeSpan; minor: number | null }[];
}

function costPart(
  { price, priceId, span, lines }: PricedPart,
  pieces: readonly UsedPiece[],
  aggregation: Aggregation,
): CostedPart {
  const { startMs, endMs } = onMinutes(span);
  const own = pieces.filter((piece) => piece.startMs >= startMs && piece.endMs <= endMs);
  const told = { priceId, span, label: price.name ?? null };
  const theirsMinor = grossOf(lines);
  const quantity = billedQuantity(price, lines) ?? quantityOf(own, aggregation);
  const priced = priceQuantity(price, quantity);
  const steps =
    priced &&
    costByBucket(
      price,
      own.map((piece) => piece.quantity),
      aggregation,
    );
  if (!priced || !steps) {
    const unknown = own.map((piece) => ({ piece, minor: null }));
    return {
      ...told,
      oursMinor: theirsMinor,
      theirsMinor,
      lines: [wholeLine(quantity, theirsMinor)],
      steps: unknown,
    };
  }
  return {
    ...told,
    oursMinor: priced.amountMinor,
    theirsMinor,
    lines: tierLines(price, priced),
    steps: layOnPieces(own, steps, priced.amountMinor),
  };
}

/** The fee that is due without usage falls on the first known piece, what is left over on the last one. */
function layOnPieces(
  pieces: readonly TimeSpan[],
  { baseMinor, stepsMinor, totalMinor }: NonNullable<ReturnType<typeof costByBucket>>,
  amountMinor: number,
): CostedPart['steps'] {
  const first = stepsMinor.findIndex((minor) => minor !== null);
  const last = stepsMinor.findLastIndex((minor) => minor !== null);
  return pieces.map((piece, index) => {
    const minor = stepsMinor[index] ?? null;
    if (minor === null) return { piece, minor };
    const base = index === first ? baseMinor : 0;
    const rest = index === last ? amountMinor - totalMinor : 0;
    return { piece, minor: minor + base + rest };
  });
}

function tierLines({ tiers, tiersMode, transformQuantity }: RawPrice, priced: PricedQuantity): BareLine[] {
  const packageSize = String(transformQuantity?.divideBy ?? 1);
  return linesOf(priced).map(({ tierNumber, flat, quantity, unitAmountMinor, amountMinor }) => {
    const below = tierNumber === null ? undefined : tiers[tierNumber - 2];
    const tier = tierNumber === null ? undefined : tiers[tierNumber - 1];
    return {
      kind: flat ? 'flat_fee' : 'usage',
      fromQuantity: tiersMode === 'volume' ? '0' : (below?.upTo ?? '0'),
      toQuantity: tier?.upTo ?? null,
      quantity,
      unitAmountMinor: flat ? null : unitAmountMinor,
      packageSize,
      amountMinor,
    };
  });
}

function wholeLine(quantity: string, amountMinor: number): BareLine {
  const bounds = { fromQuantity: '0', toQuantity: null };
  return { kind: 'usage', ...bounds, quantity, unitAmountMinor: null, packageSize: '1', amountMinor };
}

function quantityOf(pieces: readonly UsedPiece[], aggregation: Aggregation): string {
  const known = pieces.flatMap(({ quantity }) => quantity ?? []);
  return aggregation === 'last' ? (known.at(-1) ?? '0') : addDecimals(known);
}

function onMinutes({ startMs, endMs }: TimeSpan): TimeSpan {
  return { startMs: floorTo(minuteMs, startMs), endMs: floorTo(minuteMs, endMs) };
}

'use client';
import type { CostLine, CostPart, MeterCost } from '@meterboard/contract';
import type { ComponentPropsWithRef } from 'react';
import { CostDays } from '../charts/cost-days.tsx';
import { formatSpan } from '../format/dates.ts';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { formatExact } from '../format/quantity.ts';
import { formatUnitPrice } from '../format/unit-price.ts';
import { costWords } from '../i18n/usage-cost.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface CostBreakdownViewProps extends ComponentPropsWithRef<'div'> {
  cost: MeterCost;
}

/**
 * What one meter costs, line by line, and day by day: the lines add up to the total, or it is said that they only come
 * close to it. Where terms changed or several subscriptions bill it, each part is headed by its price and time. Renders a
 * `<div>` around a `<table>` with a `<tbody>` for each part. Computes nothing.
 *
 * Styling: `data-differs`.
 */
export function CostBreakdownView({ cost, ...rest }: CostBreakdownViewProps) {
  const { print, locale, language, timeZone } = useMeterboard();
  const m = useWords(costWords);
  const { meter, period, total, parts, days, differs } = cost;
  return (
    <div data-mb="cost" data-differs={differs || undefined} {...rest}>
      <div data-mb="row">
        <h4>{meter.label}</h4>
        <span data-mb="sub">{formatSpan(period, language, timeZone)}</span>
      </div>
      <p>
        <strong data-mb="total">{formatMoney(total, locale)}</strong>
      </p>
      {meter.aggregation === 'last' ? (
        // What a level adds on one day it may take back on the next: bars would show more than is billed.
        <p data-mb="sub">{m.costOfLevel}</p>
      ) : (
        <CostDays days={days} label={m.costPerDay(meter.label)} />
      )}
      <table data-mb="table">
        <thead>
          <tr>
            <th scope="col">{m.part}</th>
            <th scope="col" data-number="" data-wide="">
              {m.calculation}
            </th>
            <th scope="col" data-number="">
              {m.amount}
            </th>
          </tr>
        </thead>
        {parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two subscriptions may bill the same price over the same time.
          <tbody key={index}>
            {parts.length > 1 ? (
              <tr>
                <th scope="rowgroup" colSpan={3}>
                  <span data-mb="sub">{partName(part)}</span>
                </th>
              </tr>
            ) : null}
            {part.lines.map((line) => (
              <tr key={`${line.kind} ${line.fromQuantity}`}>
                <th scope="row">
                  {lineName(line)}
                  <span data-mb="sub" data-narrow="">
                    {calculation(line)}
                  </span>
                </th>
                <td data-number="" data-wide="">
                  {calculation(line)}
                </td>
                <td data-number="">{formatMoney(line.amount, locale)}</td>
              </tr>
            ))}
          </tbody>
        ))}
        <tfoot>
          <tr>
            <th scope="row">{m.costTotal}</th>
            <td data-wide="" />
            <td data-number="">{formatMoney(total, locale)}</td>
          </tr>
        </tfoot>
      </table>
      {differs ? <p data-mb="note">{m.costDiffers}</p> : null}
    </div>
  );

  function partName(part: CostPart): string {
    return joinFacts(part.label, formatSpan(part, language, timeZone));
  }

  function lineName({ kind, fromQuantity, toQuantity }: CostLine): string {
    if (kind === 'flat_fee') return m.flatFee;
    const from = print(fromQuantity, meter, formatExact);
    const isFirst = /^0(\.0*)?$/.test(fromQuantity);
    if (toQuantity === null) return isFirst ? m.wholeUsage : m.beyond(from);
    const to = print(toQuantity, meter, formatExact);
    return isFirst ? m.upTo(to) : m.fromTo(from, to);
  }

  function calculation({ quantity, unitAmountMinor, packageSize, amount }: CostLine): string {
    if (unitAmountMinor === null) return '';
    const used = print(quantity, meter, formatExact) + (meter.unit ? ` ${meter.unit}` : '');
    const price = formatUnitPrice(unitAmountMinor, amount.currency, locale);
    if (/^-?0(\.0*)?$/.test(unitAmountMinor)) return m.freeOf(used);
    return m.atPrice(
      used,
      packageSize === '1' ? m.priceEach(price) : m.pricePer(price, print(packageSize, meter, formatExact)),
    );
  }
}

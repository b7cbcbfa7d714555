import type { MeterCost } from '@meterboard/contract';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureCost, fixtureCostOfChange } from '../testing/index.ts';
import { CostBreakdownView } from './cost-breakdown-view.tsx';

afterEach(cleanup);

const [tiered, packaged] = fixtureCost().meters;
if (!tiered || !packaged) throw new Error('fixtures hold costs');

function inProvider(cost: MeterCost) {
  return (
    <MeterboardProvider client={createFixtureClient()}>
      <CostBreakdownView cost={cost} />
    </MeterboardProvider>
  );
}

function show(cost: MeterCost) {
  return render(inProvider(cost)).container;
}

describe('CostBreakdownView', () => {
  it('names each tier, its arithmetic and its amount, and they add up', () => {
    show(tiered);
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows).toEqual([
      'PartCalculationAmount',
      'Up to 5,0005,000 requests, free5,000 requests, free$0.00',
      '5,000 to 10,0005,000 requests at $0.0035 each5,000 requests at $0.0035 each$17.50',
      'Beyond 10,0004,849 requests at $0.0018 each4,849 requests at $0.0018 each$8.73',
      'Flat fee$4.97',
      'Total$31.20',
    ]);
    const lines = tiered.parts.flatMap((part) => part.lines);
    const sum = lines.reduce((all, { amount }) => all + amount.amountMinor, 0);
    expect(sum).toBe(tiered.total.amountMinor);
    const days = tiered.days.reduce((all, { amount }) => all + (amount?.amountMinor ?? 0), 0);
    expect(days).toBe(sum);
  });

  it('draws no days for a level, which may take back tomorrow what it adds today, and says when it is billed', () => {
    const level = show({ ...tiered, meter: { ...tiered.meter, aggregation: 'last' } });
    expect(level.querySelector('[data-mb="cost-days"]')).toBeNull();
    expect(level.textContent).toContain('Billed by its latest value when the period ends.');
    cleanup();
    expect(show(tiered).querySelector('[data-mb="cost-days"]')).not.toBeNull();
  });

  it('heads each part of a period whose plan changed by its price and its days, and is right after an update', () => {
    const [changed] = fixtureCostOfChange().meters;
    const [before, after] = changed?.parts ?? [];
    if (!changed || !before || !after) throw new Error('the fixture has two parts');
    const { rerender } = render(inProvider(changed));
    const rows = () => screen.getAllByRole('row').map((row) => row.textContent);
    const both = [
      'PartCalculationAmount',
      'Starter · Nov 1 – 9',
      'Usage5,849 requests at $0.002 each5,849 requests at $0.002 each$11.70',
      'Pro 2026 · Nov 10 – 30',
      'Up to 5,0005,000 requests, free5,000 requests, free$0.00',
      'Beyond 5,0004,000 requests at $0.005 each4,000 requests at $0.005 each$20.00',
      'Total$31.70',
    ];
    expect(rows()).toEqual(both);
    rerender(inProvider({ ...changed, parts: [after] }));
    expect(rows()).toEqual([both[0], ...both.slice(4)]);
    rerender(inProvider(changed));
    expect(rows()).toEqual(both);
    expect(screen.getAllByRole('rowheader', { name: /Starter|Pro 2026/ })).toHaveLength(2);
  });

  it('shows two subscriptions of one price over one time, each once', () => {
    const [part] = packaged.parts;
    if (!part) throw new Error('the fixture has a part');
    const { rerender } = render(inProvider({ ...packaged, parts: [part, part] }));
    rerender(inProvider({ ...packaged, parts: [part, part, part] }));
    rerender(inProvider({ ...packaged, parts: [part, part] }));
    expect(screen.getAllByRole('row')).toHaveLength(1 + 4 + 1);
  });

  it('says so where the parts only come close', () => {
    expect(show(tiered).textContent).not.toContain('approximation');
    cleanup();
    const container = show(packaged);
    expect(container.textContent).toContain('an approximation');
    expect(container.textContent).toContain('10,884,317 tokens at $1.40 per 1,000,000');
  });

  it('draws a day that is not known as an empty frame, not as nothing spent', () => {
    const days = tiered.days.map((day, index) => (index === 3 ? { ...day, amount: null } : day));
    const container = show({ ...tiered, days });
    expect(container.querySelectorAll('[data-mb=cost-days] rect')).toHaveLength(22);
    expect(container.querySelectorAll('[data-unknown]')).toHaveLength(1);
  });
});

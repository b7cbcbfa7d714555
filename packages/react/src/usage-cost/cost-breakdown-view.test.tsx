import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureCost } from '../testing/index.ts';
import { CostBreakdownView } from './cost-breakdown-view.tsx';

afterEach(cleanup);

const [tiered, packaged] = fixtureCost().meters;
if (!tiered || !packaged) throw new Error('fixtures hold costs');

function show(cost: NonNullable<typeof tiered>) {
  const { container } = render(
    <MeterboardProvider client={createFixtureClient()}>
      <CostBreakdownView cost={cost} />
    </MeterboardProvider>,
  );
  return container;
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
    const sum = tiered.lines.reduce((all, { amount }) => all + amount.amountMinor, 0);
    expect(sum).toBe(tiered.total.amountMinor);
    const days = tiered.days.reduce((all, { amount }) => all + (amount?.amountMinor ?? 0), 0);
    expect(days).toBe(sum);
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

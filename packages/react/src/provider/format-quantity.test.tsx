import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFixtureClient } from '../testing/index.ts';
import { UsageChart } from '../usage-chart/usage-chart.tsx';
import { UsageDashboard } from '../usage-dashboard/usage-dashboard.tsx';
import { UsageSummary } from '../usage-summary/usage-summary.tsx';
import { MeterboardProvider, type MeterboardProviderProps } from './meterboard-provider.tsx';

afterEach(cleanup);

/** Storage in terabytes; everything else as usual. */
const formatQuantity: MeterboardProviderProps['formatQuantity'] = (quantity, { eventName, unit }, locale) =>
  eventName === 'storage_gb' && unit === 'GB' ? `${Number(quantity).toLocaleString(locale)}†` : undefined;

function show(children: MeterboardProviderProps['children']) {
  return render(
    <MeterboardProvider client={createFixtureClient()} formatQuantity={formatQuantity}>
      {children}
    </MeterboardProvider>,
  ).container;
}

/** Every figure that stands before the unit. */
const figures = (text: string | null) => [...(text ?? '').matchAll(/(\S+) GB/g)].map(([, figure]) => figure);
const expectMarked = (found: (string | undefined)[]) => {
  expect(found.length).toBeGreaterThan(0);
  for (const figure of found) expect(figure).toMatch(/†$/);
};

describe("a host's formatter", () => {
  it('prints the quantities of its meter in the dashboard, and no others', async () => {
    const container = show(<UsageDashboard />);
    await screen.findByRole('img', { name: 'API requests, per day' });
    expectMarked(figures(container.textContent));
    expect(container.textContent).not.toMatch(/† (requests|tokens)/);
  });

  it('prints totals, summary, axis and table of a chart', async () => {
    const container = show(<UsageChart meter="storage_gb" cumulative compare />);
    const chart = await screen.findByRole('img', { name: 'Storage, running total' });
    expect(container.querySelector('[data-mb=total]')?.textContent).toMatch(/†$/);
    expectMarked(figures(chart.querySelector('desc')?.textContent ?? null));
    const ticks = [...chart.querySelectorAll('[text-anchor=end]')].map(
      ({ textContent }) => textContent ?? '',
    );
    expectMarked(ticks.filter((text) => /^\d/.test(text)));
    screen.getByRole('button', { name: 'Table' }).click();
    const cells = within(await screen.findByRole('table')).getAllByRole('cell');
    expectMarked(
      cells.map(({ textContent }) => textContent?.split(' ')[0]).filter((text) => /\d/.test(text ?? '')),
    );
  });

  it('prints what the sentences of a summary say', async () => {
    const container = show(<UsageSummary />);
    await screen.findByText('Storage');
    expectMarked(figures(container.textContent));
  });

  it.each([
    ['throws', () => BigInt('1.5').toString()],
    ['answers with markup', () => (<b>1</b>) as never],
  ])(
    'prints as usual where the host’s function %s, and leaves the page standing',
    async (_, formatQuantity) => {
      const told = vi.fn();
      vi.stubGlobal('reportError', told);
      const { container } = render(
        <MeterboardProvider client={createFixtureClient()} formatQuantity={formatQuantity}>
          <UsageSummary />
        </MeterboardProvider>,
      );
      await screen.findByText('Storage');
      expect(container.textContent).toContain('14,849');
      vi.unstubAllGlobals();
    },
  );
});

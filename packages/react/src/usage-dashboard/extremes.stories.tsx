import type { Meter } from '@meterboard/contract';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { createFixtures, fixtureBalance, fixtureSeries, fixtureUsage } from '../testing/index.ts';
import { UsageChart } from '../usage-chart/usage-chart.tsx';
import { UsageDashboard } from './usage-dashboard.tsx';

const meta = { title: 'Dashboard/Extremes', component: UsageDashboard } satisfies Meta<typeof UsageDashboard>;
export default meta;
type Story = StoryObj<typeof meta>;

const fixtures = createFixtures();
const meters = Array.from({ length: 30 }, (_, index): Meter => {
  const long = 'a name that goes on and on, as names of meters do once there are many of them';
  return {
    eventName: `meter_${index}`,
    label: index % 7 === 0 ? `Meter ${index}, ${long}` : `Meter ${index}`,
    unit: index % 5 === 0 ? 'UnitsWithoutAnySpaceInThemPerSecondAndPerCore' : 'GB',
    aggregation: 'sum',
    status: 'active',
  };
});
const [series] = fixtureSeries;
const [usage] = fixtureUsage;
if (!series || !usage) throw new Error('fixtures hold meters');
const answers = {
  meters: { ...fixtures.meters, meters },
  series: { ...fixtures.series, series: meters.map((meter) => ({ ...series, meter })) },
  summary: { ...fixtures.summary, meters: meters.map((meter) => ({ ...usage, meter })) },
};

/** Thirty meters, long names and long units, on a phone: nothing is cut off or out of reach. */
export const ManyMeters: Story = {
  parameters: { fixture: { answers } },
  render: (args) => (
    <div className="narrow">
      <UsageDashboard {...args} />
    </div>
  ),
  play: async ({ canvas, canvasElement }) => {
    const tabs = await canvas.findAllByRole('tab');
    await expect(tabs).toHaveLength(30);
    const { right } = canvasElement.querySelector('.narrow')?.getBoundingClientRect() ?? { right: 0 };
    const outside = [...canvasElement.querySelectorAll('[data-mb] *')].filter(
      (part) =>
        part.getBoundingClientRect().right > right + 1 && !part.closest('svg, dialog, [data-mb=hidden]'),
    );
    await expect(outside.map((part) => part.outerHTML.slice(0, 120))).toEqual([]);
  },
};

/** Where there is next to no room, the picture shrinks and stays in its frame. */
export const Sliver: Story = {
  render: () => (
    <div style={{ width: 72 }}>
      <UsageChart meter="api_requests" />
    </div>
  ),
  play: async ({ canvas, canvasElement }) => {
    const picture = await canvas.findByRole('img');
    const frame = canvasElement.querySelector('[data-mb=chart]');
    await expect(picture.getBoundingClientRect().width).toBeLessThanOrEqual(frame?.clientWidth ?? 0);
    for (const path of picture.querySelectorAll('path')) {
      await expect(path.getAttribute('d')).not.toMatch(/NaN|Infinity/);
    }
    for (const { width } of picture.querySelectorAll('rect'))
      await expect(width.baseVal.value).toBeGreaterThan(0);
  },
};

/** Two currencies and credits for certain prices: each card has a name of its own. */
export const SeveralBalances: Story = {
  parameters: {
    fixture: {
      answers: {
        credits: {
          ...fixtures.credits,
          balances: [
            fixtureBalance,
            {
              ...fixtureBalance,
              scope: { kind: 'prices', priceIds: ['price_1'] },
              nextInvoice: null,
              grants: [],
            },
            { ...fixtureBalance, currency: 'eur', grants: [] },
          ],
        },
      },
    },
  },
  play: async ({ canvas }) => {
    await canvas.findByRole('region', { name: 'Remaining credits, EUR' });
    const names = canvas.getAllByRole('region').map((region) => {
      const title = document.getElementById(region.getAttribute('aria-labelledby') ?? '');
      return title?.textContent;
    });
    await expect(new Set(names).size).toBe(names.length);
  },
};

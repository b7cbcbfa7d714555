import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { createFixtures, fixtureSeries } from '../testing/index.ts';
import { UsageChart } from './usage-chart.tsx';

const meta = {
  title: 'Usage/UsageChart',
  component: UsageChart,
  args: { meter: 'api_requests' },
} satisfies Meta<typeof UsageChart>;
export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
export const Loading: Story = { parameters: { fixture: { state: 'loading' } } };
export const Failed: Story = { name: 'Error', parameters: { fixture: { state: 'provider_rejected' } } };
export const Empty: Story = { parameters: { fixture: { state: 'empty' } } };
export const Stale: Story = { parameters: { fixture: { state: 'stale' } } };
export const AllStates: Story = {
  parameters: { a11y: { config: { rules: [{ id: 'landmark-unique', enabled: false }] } } },
  render: (args) => (
    <FixtureStates>
      <UsageChart {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <UsageChart {...args} />
    </div>
  ),
};

export const AllMeters: Story = { args: { meter: undefined } };
/** A level: steps as long as their bucket, up to now. */
export const Level: Story = { args: { meter: 'storage_gb' } };

/** Days that were not read are gaps; a day between two gaps is a dot. */
export const Gaps: Story = {
  parameters: {
    fixture: {
      answers: {
        series: {
          ...createFixtures().series,
          series: fixtureSeries.map((one) => ({
            ...one,
            buckets: one.buckets.map((bucket, day) =>
              [4, 5, 11, 13].includes(day) ? { ...bucket, quantity: null } : bucket,
            ),
          })),
        },
      },
    },
  },
};

/** The table twin is one key away and holds the exact figures. */
export const AsTable: Story = {
  play: async ({ canvas }) => {
    const toggle = await canvas.findByRole('button', { name: 'Table' });
    toggle.focus();
    await userEvent.keyboard('{Enter}');
    await expect(canvas.getAllByRole('row')).toHaveLength(23);
    await expect(canvas.getAllByRole('row')[1]).toHaveTextContent(/Nov 22.*still counting/);
    await expect(canvas.queryByRole('row', { name: /Nov 23/ })).toBeNull();
    await userEvent.keyboard('{Enter}');
    await expect(canvas.getByRole('img', { name: 'API requests, per day' })).toBeVisible();
  },
};
export const Dark: Story = { globals: { scheme: 'dark' } };

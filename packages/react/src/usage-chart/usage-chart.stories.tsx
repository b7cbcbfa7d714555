import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor } from 'storybook/test';
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

const [requests] = fixtureSeries;
if (!requests) throw new Error('fixtures hold meters');
const stacked = {
  ...createFixtures().series,
  series: [
    ...fixtureSeries,
    {
      ...requests,
      meter: { ...requests.meter, eventName: 'image_requests', label: 'Image requests' },
      changes: [],
      buckets: requests.buckets.map((bucket, day) => ({
        ...bucket,
        quantity: bucket.quantity && String(Math.round(Number(bucket.quantity) * (0.3 + 0.01 * (day % 5)))),
      })),
    },
  ],
};

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
    await waitFor(() => expect(canvas.getByRole('img', { name: 'API requests, per day' })).toBeVisible());
  },
};
/** Everything at once: the period before as dots, the forecast with its range, a change of plan. */
export const ComparedAndForecast: Story = { args: { compare: true, forecast: true } };
/** Running total, against what the plan includes. */
export const Cumulative: Story = { args: { cumulative: true, compare: true, forecast: true } };
export const Bars: Story = { args: { shape: 'bar', compare: true } };
export const Lines: Story = { args: { shape: 'line' } };
export const Hours: Story = { args: { bucket: 'hour', range: { kind: 'last', days: 30 } } };

/** Two meters in one unit stand on each other; one in another unit has a picture of its own. */
export const Stacked: Story = {
  args: { meter: undefined, meters: ['api_requests', 'image_requests', 'storage_gb'], compare: true },
  parameters: { fixture: { answers: { series: stacked } } },
};
export const StackedBars: Story = { ...Stacked, args: { ...Stacked.args, shape: 'bar' } };

/** Arrow keys read bucket by bucket; Home, End, Page Up and Page Down leap; Escape puts the cursor away. */
export const ByKeyboard: Story = {
  args: { compare: true },
  play: async ({ canvas, canvasElement }) => {
    const box = await canvas.findByRole('application', { name: 'API requests, per day' });
    await waitFor(() => expect(canvasElement.querySelector('[data-drawn]')).not.toBeNull());
    box.focus();
    const said = () => canvasElement.querySelector('[aria-live=polite]')?.textContent;
    await userEvent.keyboard('{Home}{ArrowRight}{ArrowRight}');
    await waitFor(() =>
      expect(said()).toMatch(/^Tuesday, November 3, \d+ requests, \d+% (above|below) the period before$/),
    );
    await userEvent.keyboard('{PageUp}');
    await waitFor(() => expect(said()).toMatch(/^Tuesday, November 10/));
    await userEvent.keyboard('{End}');
    await waitFor(() => expect(said()).toMatch(/^Sunday, November 22.*still counting$/));
    await expect(canvasElement.querySelector('[data-mb=tip]')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(canvasElement.querySelector('[data-mb=tip]')).toBeNull());
  },
};

/** A finger reads the figures as well as a pointer. */
export const ByTouch: Story = {
  play: async ({ canvas, canvasElement }) => {
    const box = await canvas.findByRole('application', { name: 'API requests, per day' });
    await waitFor(() => expect(canvasElement.querySelector('[data-drawn]')).not.toBeNull());
    const { left, top, width } = box.getBoundingClientRect();
    const at = { clientX: left + width / 3, clientY: top + 80, pointerType: 'touch', bubbles: true };
    box.dispatchEvent(new PointerEvent('pointerdown', at));
    await waitFor(() =>
      expect(canvasElement.querySelector('[data-mb=tip]')).toHaveTextContent(/November \d+ \d+ requests/),
    );
    box.dispatchEvent(new PointerEvent('pointerleave', at));
    await expect(canvasElement.querySelector('[data-mb=tip]')).toBeVisible();
  },
};
export const RightToLeft: Story = {
  args: { compare: true, forecast: true },
  globals: { direction: 'rtl', locale: 'ar' },
};
export const Dark: Story = { globals: { scheme: 'dark' } };

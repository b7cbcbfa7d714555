import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { fixtureMeasured } from '../testing/index.ts';
import type { TopUpPhase } from './top-up.ts';
import { TopUpStatusView } from './top-up-status-view.tsx';

const usd = { amountMinor: 2000, currency: 'usd' };
const phases: TopUpPhase[] = ['checking', 'unpaid', 'processing', 'arriving', 'granted', 'ended'];

const meta = {
  title: 'Credits/TopUpStatus',
  component: TopUpStatusView,
  args: { topUp: purchase('arriving') },
} satisfies Meta<typeof TopUpStatusView>;
export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
/** Back from the payment page, and its answer is still on the way. */
export const Loading: Story = { args: { topUp: { ...purchase('checking'), topUp: undefined } } };
/** The purchase cannot be looked up. */
export const Failed: Story = {
  name: 'Error',
  args: { topUp: { ...purchase('checking'), isSlow: true, topUp: undefined } },
  play: async ({ canvas }) => {
    await canvas.findByText('We cannot confirm the payment yet.');
  },
};
/** Nothing was bought: the live region is there and silent. */
export const Empty: Story = {
  args: { topUp: purchase('idle') },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('status')).toBeEmptyDOMElement();
  },
};
/** It takes longer than such a thing should. */
export const Stale: Story = { args: { topUp: { ...purchase('arriving'), isSlow: true } } };
export const AllStates: Story = {
  render: () => (
    <div className="meterboard-fixture-states">
      {phases.map((phase) => (
        <TopUpStatusView key={phase} topUp={purchase(phase)} />
      ))}
      {(['processing', 'arriving'] as const).map((phase) => (
        <TopUpStatusView key={phase} topUp={{ ...purchase(phase), isSlow: true }} />
      ))}
      <TopUpStatusView topUp={{ ...purchase('checking'), isSlow: true, topUp: undefined }} />
    </div>
  ),
};

function purchase(phase: TopUpPhase) {
  return {
    phase,
    topUpId: 'top-up-7f3a',
    isSlow: false,
    start: () => undefined,
    dismiss: () => undefined,
    topUp: {
      ...fixtureMeasured(),
      topUpId: 'top-up-7f3a',
      packageId: 'small',
      state: 'paid' as const,
      price: usd,
      credit: usd,
    },
  };
}

import type { DeclineReason, TopUpState } from '@meterboard/contract';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent } from 'storybook/test';
import { fixtureMeasured, fixtureTopUps } from '../testing/index.ts';
import type { TopUp, TopUpPhase } from './top-up.ts';
import { TopUpStatusView } from './top-up-status-view.tsx';

const phases: [TopUpPhase, TopUpState][] = [
  ['checking', 'open'],
  ['unpaid', 'open'],
  ['requires_action', 'requires_action'],
  ['processing', 'processing'],
  ['arriving', 'paid'],
  ['granted', 'granted'],
  ['partly_refunded', 'partially_refunded'],
  ['refunded', 'refunded'],
  ['disputed', 'disputed'],
  ['ended', 'expired'],
];

const meta = {
  title: 'Credits/TopUpStatus',
  component: TopUpStatusView,
  args: { topUp: purchase('arriving') },
  decorators: [
    (Story) => (
      <div role="status">
        <Story />
      </div>
    ),
  ],
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
      {phases.map(([phase, state]) => (
        <TopUpStatusView key={phase} topUp={purchase(phase, state)} />
      ))}
      {(['processing', 'arriving'] as const).map((phase) => (
        <TopUpStatusView key={phase} topUp={{ ...purchase(phase), isSlow: true }} />
      ))}
      <TopUpStatusView topUp={covering('arriving', 'paid')} />
      <TopUpStatusView topUp={covering('granted', 'granted')} />
      <TopUpStatusView topUp={declined('insufficient_funds')} />
      <TopUpStatusView topUp={{ ...purchase('granted', 'granted'), wasPaidBefore: true }} />
    </div>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <TopUpStatusView {...args} topUp={covering('arriving', 'paid')} />
    </div>
  ),
};
export const RightToLeft: Story = {
  globals: { direction: 'rtl', locale: 'ar' },
  args: { topUp: covering('arriving', 'paid') },
};
export const Dark: Story = { ...AllStates, globals: { scheme: 'dark' } };

/** How much of the purchase pays for what was used before it. */
export const CoversUsage: Story = {
  args: { topUp: covering('arriving', 'paid') },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole('status')).toHaveTextContent(
      'Paid, arriving: $20.00 $12.00 of it covers usage already made.',
    );
  },
};

/** The card on the payment page was declined: the reason, and another way. */
export const Declined: Story = {
  args: { topUp: { ...declined('expired_card'), start: fn() } },
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Pay another way' }));
    await expect(args.topUp.start).toHaveBeenCalledWith({ packageId: 'small', payWith: 'hosted_page' });
  },
};

export const RequiresAction: Story = {
  args: { topUp: { ...purchase('requires_action', 'requires_action'), goOn: fn() } },
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Confirm with your bank' }));
    await expect(args.topUp.goOn).toHaveBeenCalledWith('https://bank.example/confirm');
  },
};

function purchase(phase: TopUpPhase, state: TopUpState = 'paid'): TopUp {
  const [record] = fixtureTopUps;
  if (!record) throw new Error('fixtures hold purchases');
  return {
    phase,
    topUpId: 'top-up-7f3a',
    credit: phase === 'checking' ? null : record.credit,
    wasPaidBefore: false,
    isSlow: false,
    ...{ order: null, next: null, error: null },
    start: () => undefined,
    goOn: () => undefined,
    complete: () => undefined,
    cancel: () => undefined,
    dismiss: () => undefined,
    topUp: {
      ...fixtureMeasured(),
      ...record,
      state,
      credited: { amountMinor: state === 'partially_refunded' ? 1500 : 0, currency: 'usd' },
      url: state === 'requires_action' ? 'https://bank.example/confirm' : null,
      ...{ clientSecret: null, declined: null, coversUsed: null },
    },
  };
}

function covering(phase: TopUpPhase, state: TopUpState): TopUp {
  const whole = purchase(phase, state);
  const coversUsed = { amountMinor: 1200, currency: 'usd' };
  return { ...whole, topUp: whole.topUp && { ...whole.topUp, coversUsed } };
}

function declined(reason: DeclineReason): TopUp {
  const whole = purchase('unpaid', 'open');
  return { ...whole, topUp: whole.topUp && { ...whole.topUp, declined: reason } };
}

import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { createFixtures } from '../testing/index.ts';
import { TopUpButton } from './top-up-button.tsx';

const meta = { title: 'Credits/TopUpButton', component: TopUpButton } satisfies Meta<typeof TopUpButton>;
export default meta;
type Story = StoryObj<typeof meta>;

const onCall = fn();

export const Default: Story = {};
export const Loading: Story = { parameters: { fixture: { state: 'loading' } } };
export const Failed: Story = { name: 'Error', parameters: { fixture: { state: 'provider_rejected' } } };
export const Empty: Story = { parameters: { fixture: { state: 'empty' } } };
export const Stale: Story = { parameters: { fixture: { state: 'stale' } } };
export const AllStates: Story = {
  parameters: { a11y: { config: { rules: [{ id: 'landmark-unique', enabled: false }] } } },
  render: (args) => (
    <FixtureStates>
      <TopUpButton {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  args: { packageId: 'medium' },
  render: (args) => (
    <div className="narrow">
      <TopUpButton {...args} />
    </div>
  ),
  play: async ({ canvas }) => {
    await canvas.findByRole('button', { name: 'Pay $50.00 now' });
  },
};
export const RightToLeft: Story = {
  args: { packageId: 'medium' },
  globals: { direction: 'rtl', locale: 'ar' },
  play: async ({ canvas }) => {
    await canvas.findByRole('button', { name: /^Pay .* now$/ });
  },
};
export const Dark: Story = {
  args: { packageId: 'small' },
  globals: { scheme: 'dark' },
  play: async ({ canvas }) => {
    await canvas.findByRole('button', { name: 'Pay $20.00 now' });
  },
};

/** One click charges the card, and the credit is followed until it is there. */
export const OneClick: Story = {
  args: { packageId: 'small' },
  parameters: { fixture: { onCall } },
  play: async ({ canvas }) => {
    const pay = await canvas.findByRole('button', { name: 'Pay $20.00 now' });
    await expect(canvas.getByText(/Visa ending in 4242/)).toBeVisible();
    await new Promise((ripe) => setTimeout(ripe, 700));
    await userEvent.click(pay);
    await canvas.findByText('Paid, arriving: $20.00');
    await canvas.findByText('$20.00 added', {}, { timeout: 5_000 });
    await expect(onCall).toHaveBeenCalledWith('start', expect.objectContaining({ payWith: 'saved_card' }));
  },
};

/** Already paid: no page opens, and nothing is said to be charged. */
export const PaidBefore: Story = {
  args: { packageId: 'small' },
  parameters: { fixture: { paymentUrl: null, states: { savedCard: 'empty' } } },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Top up' }));
    await canvas.findByText('Paid, arriving: $20.00');
    await canvas.findByText('$20.00 added', {}, { timeout: 5_000 });
    await canvas.findByText(/It had been paid before; nothing was charged now/);
  },
};

/** The card is declined: why, what to do, and the same attempt in another way. */
export const OneClickDeclined: Story = {
  args: { packageId: 'small' },
  parameters: {
    fixture: {
      onCall,
      starts: [
        { state: 'open', declined: 'expired_card' },
        { state: 'open', url: '#payment-page' },
      ],
    },
  },
  play: async ({ canvas }) => {
    onCall.mockClear();
    const pay = await canvas.findByRole('button', { name: 'Pay $20.00 now' });
    await new Promise((ripe) => setTimeout(ripe, 700));
    await userEvent.click(pay);
    const alert = within(await canvas.findByRole('alert'));
    await expect(alert.getByText(/The card has expired/)).toBeVisible();
    await userEvent.click(alert.getByRole('button', { name: 'Pay another way' }));
    const [first, second] = onCall.mock.calls.filter(([name]) => name === 'start').map(([, input]) => input);
    await expect(second).toEqual({ ...first, payWith: 'hosted_page' });
  },
};

export const NotAllowed: Story = {
  parameters: {
    fixture: { answers: { packages: { ...createFixtures().packages, unavailable: 'not_allowed' } } },
  },
};

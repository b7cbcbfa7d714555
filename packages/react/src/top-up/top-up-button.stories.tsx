import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, userEvent, within } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { createFixtures } from '../testing/index.ts';
import { TopUpButton } from './top-up-button.tsx';

const meta = { title: 'Credits/TopUpButton', component: TopUpButton } satisfies Meta<typeof TopUpButton>;
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
      <TopUpButton {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <TopUpButton {...args} />
    </div>
  ),
};

const onCall = fn();

/** The choice of a package, and an attempt that fails: said in the dialog, which stays open. */
export const Declined: Story = {
  parameters: { fixture: { startError: 'payment_declined', onCall } },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Top up' }));
    const dialog = within(canvas.getByRole('dialog', { name: 'Top up credits' }));
    await userEvent.click(dialog.getByRole('radio', { name: /Medium/ }));
    await userEvent.click(dialog.getByRole('button', { name: 'Continue to payment' }));
    await expect(await dialog.findByRole('alert')).toHaveTextContent('declined');
    await expect(onCall).toHaveBeenCalledWith('start', expect.objectContaining({ packageId: 'medium' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await expect(canvas.queryByRole('dialog')).toBeNull();
    await userEvent.click(canvas.getByRole('button', { name: 'Top up' }));
    await expect(canvas.getByRole('dialog')).toBeVisible();
    await expect(canvas.queryByRole('alert')).toBeNull();
  },
};

/** Already paid: no page opens, and the credit is followed until it is there. */
export const PaidThenAdded: Story = {
  args: { packageId: 'small' },
  parameters: { fixture: { paymentUrl: null } },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Top up' }));
    await canvas.findByText('Paid, arriving: $20.00');
    await canvas.findByText('$20.00 added', {}, { timeout: 5_000 });
  },
};

export const ChosenAndPaid: Story = {
  parameters: { fixture: { paymentUrl: null } },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Top up' }));
    await userEvent.click(await canvas.findByRole('button', { name: 'Continue to payment' }));
    await canvas.findByText('$20.00 added', {}, { timeout: 5_000 });
    await expect(canvas.queryByRole('dialog')).toBeNull();
  },
};

export const NotAllowed: Story = {
  parameters: {
    fixture: { answers: { packages: { ...createFixtures().packages, unavailable: 'not_allowed' } } },
  },
};

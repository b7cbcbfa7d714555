import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, screen, userEvent, within } from 'storybook/test';
import { createFixtures } from '../testing/index.ts';
import { TopUpDialog } from './top-up-dialog.tsx';

const { packages } = createFixtures();
const onCall = fn();

const meta = {
  title: 'Credits/TopUpDialog',
  component: TopUpDialog,
  args: { open: true, onClose: fn() },
} satisfies Meta<typeof TopUpDialog>;
export default meta;
type Story = StoryObj<typeof meta>;

const findDialog = async () => within(await screen.findByRole('dialog', { name: 'Top up credits' }));
/** A click within a moment after the saved card came in is taken for one that was meant for the page. */
const ripen = () => new Promise((ripe) => setTimeout(ripe, 700));

export const Default: Story = {
  play: async () => {
    const dialog = await findDialog();
    await dialog.findByRole('radio', { name: /Visa ending in 4242/, checked: true });
    await expect(dialog.getByRole('button', { name: 'Pay $20.00 now' })).toBeVisible();
    await expect(
      dialog.getByText('$52.50 of credit, $2.50 of it a gift · valid for 12 months'),
    ).toBeVisible();
  },
};
export const Loading: Story = { parameters: { fixture: { state: 'loading' } } };
export const Failed: Story = {
  name: 'Error',
  parameters: { fixture: { state: 'provider_rejected' } },
  play: async () => {
    await (await findDialog()).findByRole('button', { name: 'Try again' });
  },
};
/** Nothing is on sale: only an amount of one's own. */
export const Empty: Story = {
  parameters: { fixture: { answers: { packages: { ...packages, packages: [], conditions: null } } } },
};
export const Stale: Story = { parameters: { fixture: { state: 'stale' } } };
export const AllStates: Story = {
  parameters: {
    fixture: {
      answers: { packages: { ...packages, tooLateForPeriodEndMs: Date.UTC(2026, 10, 1) } },
      starts: [{ state: 'open', declined: 'insufficient_funds' }],
    },
  },
  play: async () => {
    const dialog = await findDialog();
    await dialog.findByRole('radio', { name: /Visa/, checked: true });
    await ripen();
    await userEvent.click(dialog.getByRole('button', { name: 'Pay $20.00 now' }));
    await dialog.findByRole('alert');
  },
};
export const Dark: Story = { ...AllStates, globals: { scheme: 'dark' } };
export const RightToLeft: Story = { globals: { direction: 'rtl', locale: 'ar' } };
/** As a phone shows it: the dialog takes its width from the window. */
export const Narrow: Story = {
  parameters: {
    fixture: { answers: { packages: { ...packages, tooLateForPeriodEndMs: Date.UTC(2026, 10, 1) } } },
  },
  decorators: [
    (Story) => (
      <div className="narrow-dialog">
        <Story />
      </div>
    ),
  ],
  play: async () => {
    const dialog = await screen.findByRole('dialog');
    await expect(dialog.scrollWidth).toBeLessThanOrEqual(dialog.clientWidth);
  },
};

/** Reading the card fails: that is said, and the payment page works as ever. */
export const CardNotReadable: Story = {
  parameters: { fixture: { states: { savedCard: 'provider_rejected' } } },
  play: async () => {
    const dialog = await findDialog();
    await dialog.findByText('Your saved card cannot be looked up right now.');
    await expect(dialog.getByRole('button', { name: 'Continue to payment' })).toBeEnabled();
  },
};
export const CardStillLoading: Story = {
  parameters: { fixture: { states: { savedCard: 'loading' }, onCall } },
  play: async () => {
    const dialog = await findDialog();
    await dialog.findByText('Looking up your saved card…');
    await expect(dialog.getByRole('button', { name: 'Continue to payment' })).toBeEnabled();
  },
};

/** An amount of one's own: read as it is typed, refused with its limits, then bought. */
export const OwnAmountRefused: Story = {
  parameters: { fixture: { onCall, states: { savedCard: 'empty' } } },
  play: async () => {
    onCall.mockClear();
    const dialog = await findDialog();
    await userEvent.click(await dialog.findByRole('radio', { name: /Own amount/ }));
    const field = dialog.getByRole('textbox', { name: 'Amount in USD' });
    await expect(field).toHaveFocus();
    await userEvent.type(field, '600');
    await expect(dialog.getByText('This is more than can be bought at once.')).toBeVisible();
    await expect(field).toHaveAccessibleDescription(/From \$10\.00 to \$500\.00, in steps of \$5\.00/);
    await userEvent.click(dialog.getByRole('button', { name: 'Continue to payment' }));
    await expect(field).toHaveFocus();
    await expect(onCall).not.toHaveBeenCalledWith('start', expect.anything());
  },
};
export const OwnAmountBought: Story = {
  parameters: { fixture: { onCall, paymentUrl: '#payment-page' } },
  play: async () => {
    onCall.mockClear();
    const dialog = await findDialog();
    await dialog.findByRole('radio', { name: /Visa/, checked: true });
    await userEvent.click(dialog.getByRole('radio', { name: /Own amount/ }));
    await userEvent.type(dialog.getByRole('textbox'), '25');
    await ripen();
    await userEvent.click(dialog.getByRole('button', { name: 'Pay $25.00 now' }));
    await expect(onCall).toHaveBeenCalledWith(
      'start',
      expect.objectContaining({ amountMinor: 2500, payWith: 'saved_card' }),
    );
  },
};

export const Declined: Story = {
  parameters: { fixture: { starts: [{ state: 'open', declined: 'declined' }] } },
  play: AllStates.play,
};

export const RequiresAction: Story = {
  parameters: { fixture: { starts: [{ state: 'requires_action', url: 'https://bank.example/confirm' }] } },
  play: async () => {
    const dialog = await findDialog();
    await dialog.findByRole('radio', { name: /Visa/, checked: true });
    await ripen();
    await userEvent.click(dialog.getByRole('button', { name: 'Pay $20.00 now' }));
    await expect(await dialog.findByRole('button', { name: 'Confirm with your bank' })).toBeVisible();
  },
};

/** The start fails: the dialog stays, says so, and what was chosen is still chosen. */
export const StartFailed: Story = {
  parameters: { fixture: { startError: 'provider_unavailable' } },
  play: async () => {
    const dialog = await findDialog();
    await userEvent.click(await dialog.findByRole('radio', { name: /Medium/ }));
    await dialog.findByRole('radio', { name: /Visa/, checked: true });
    await ripen();
    await userEvent.click(dialog.getByRole('button', { name: 'Pay $50.00 now' }));
    await expect(await dialog.findByRole('alert')).toHaveTextContent('never pays twice');
    await expect(dialog.getByRole('radio', { name: /Medium/ })).toBeChecked();
  },
};

/** An invoice waits to be finalised: what is bought now is too late for it. */
export const TooLate: Story = {
  parameters: {
    fixture: { answers: { packages: { ...packages, tooLateForPeriodEndMs: Date.UTC(2026, 10, 1) } } },
  },
  play: async () => {
    const dialog = await findDialog();
    await expect(await dialog.findByRole('note')).toHaveTextContent('the period until October 31');
  },
};

/** One way to pay: nothing to choose. */
export const PageOnly: Story = {
  parameters: { fixture: { answers: { packages: { ...packages, payWith: ['hosted_page'], custom: null } } } },
  play: async () => {
    const dialog = await findDialog();
    await dialog.findByRole('button', { name: 'Continue to payment' });
    await expect(dialog.queryByRole('group', { name: 'How to pay' })).toBeNull();
  },
};

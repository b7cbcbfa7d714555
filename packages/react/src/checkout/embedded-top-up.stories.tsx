import type { Meta, StoryObj } from '@storybook/react-vite';
import type { Stripe } from '@stripe/stripe-js';
import { expect, screen, userEvent, within } from 'storybook/test';
import { createFixtures } from '../testing/index.ts';
import { TopUpButton } from '../top-up/top-up-button.tsx';
import { EmbeddedTopUp } from './embedded-top-up.tsx';

const { packages } = createFixtures();
const answers = { packages: { ...packages, payWith: ['embedded_page' as const] } };

const meta = {
  title: 'Credits/EmbeddedTopUp',
  component: EmbeddedTopUp,
  args: { publishableKey: 'pk_test_story', children: <TopUpButton /> },
  parameters: { fixture: { answers } },
} satisfies Meta<typeof EmbeddedTopUp>;
export default meta;
type Story = StoryObj<typeof meta>;

/** In place of Stripe.js, which needs the network: a page that says what it is. */
const fakeStripe = {
  ...{ elements: () => null, createToken: () => null, createPaymentMethod: () => null },
  confirmCardPayment: () => null,
  async createEmbeddedCheckoutPage() {
    return {
      mount(place: Element) {
        const page = document.createElement('p');
        page.textContent = 'Here stands the page of Stripe.';
        place.append(page);
      },
      unmount: () => undefined,
      destroy: () => undefined,
    };
  },
} as unknown as Stripe;

async function goToPage() {
  await userEvent.click(await screen.findByRole('button', { name: 'Top up' }));
  const dialog = within(await screen.findByRole('dialog'));
  await userEvent.click(await dialog.findByRole('button', { name: 'Continue to payment' }));
  return dialog;
}

export const Default: Story = {
  args: { stripe: fakeStripe },
  play: async () => {
    const dialog = await goToPage();
    await dialog.findByText('Here stands the page of Stripe.');
    await expect(screen.getByRole('dialog')).toHaveFocus();
    await userEvent.click(dialog.getByRole('button', { name: 'Back' }));
    await expect(screen.getByRole('dialog')).toHaveFocus();
    await userEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await expect(screen.queryByRole('dialog')).toBeNull();
    await expect(screen.getByRole('button', { name: 'Top up' })).toHaveFocus();
  },
};
export const Loading: Story = {
  args: { stripe: new Promise<Stripe>(() => undefined) },
  play: async () => {
    await (await goToPage()).findByText('Loading the payment form…');
  },
};
/** Stripe.js does not load: the payment page of the same purchase is one click away. */
export const Failed: Story = {
  name: 'Error',
  args: { stripe: Promise.resolve(null) },
  play: async () => {
    const dialog = await goToPage();
    await expect(await dialog.findByRole('alert')).toHaveTextContent('cannot be shown here');
  },
};
export const Dark: Story = { ...Failed, globals: { scheme: 'dark' } };

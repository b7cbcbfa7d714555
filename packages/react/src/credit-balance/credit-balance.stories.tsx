import type { CreditBalance as Balance } from '@meterboard/contract';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { createFixtures, fixtureArrivingBalance, fixtureBalance } from '../testing/index.ts';
import { CreditBalance } from './credit-balance.tsx';

const meta = { title: 'Credits/CreditBalance', component: CreditBalance } satisfies Meta<
  typeof CreditBalance
>;
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
      <CreditBalance {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <CreditBalance {...args} />
    </div>
  ),
};

function withBalances(...balances: Balance[]): Story {
  return {
    parameters: { fixture: { answers: { credits: { ...createFixtures().credits, balances } } } },
  };
}

const eur = (amountMinor: number) => ({ amountMinor, currency: 'eur' });

/** A top-up is paid and on its way: terms of its own, and what will then remain. */
export const Arriving: Story = withBalances(fixtureArrivingBalance);
export const Plenty = withBalances({
  ...fixtureBalance,
  status: 'ok',
  expiring: { amountMinor: 0, currency: 'usd' },
});
export const UsedUp = withBalances({
  ...fixtureBalance,
  remaining: { amountMinor: 0, currency: 'usd' },
  remainingRatio: 0,
  status: 'empty',
});
export const NotUsable = withBalances({ ...fixtureBalance, status: 'unusable' });
export const NoneYet = withBalances({
  ...fixtureBalance,
  balance: { amountMinor: 0, currency: 'usd' },
  remaining: { amountMinor: 0, currency: 'usd' },
  remainingRatio: null,
  expiring: { amountMinor: 0, currency: 'usd' },
  terms: [],
  grants: [],
  status: 'none',
});
export const TwoCurrencies = withBalances(fixtureBalance, {
  ...fixtureBalance,
  currency: 'eur',
  balance: eur(5000),
  remaining: eur(5000),
  remainingRatio: 1,
  status: 'ok',
  expiring: eur(0),
  terms: [
    { kind: 'balance', amount: eur(5000) },
    { kind: 'remaining', amount: eur(5000) },
  ],
});
export const Dark: Story = { globals: { scheme: 'dark' } };

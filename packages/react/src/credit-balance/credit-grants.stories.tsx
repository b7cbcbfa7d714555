import type { Meta, StoryObj } from '@storybook/react-vite';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { CreditGrants } from './credit-grants.tsx';

const meta = { title: 'Credits/CreditGrants', component: CreditGrants } satisfies Meta<typeof CreditGrants>;
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
      <CreditGrants {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <CreditGrants {...args} />
    </div>
  ),
};

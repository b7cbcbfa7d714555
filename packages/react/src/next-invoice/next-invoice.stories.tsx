import type { Meta, StoryObj } from '@storybook/react-vite';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { NextInvoice } from './next-invoice.tsx';

const meta = { title: 'Invoices/NextInvoice', component: NextInvoice } satisfies Meta<typeof NextInvoice>;
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
      <NextInvoice {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <NextInvoice {...args} />
    </div>
  ),
};

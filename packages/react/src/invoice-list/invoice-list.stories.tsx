import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { createFixtures } from '../testing/index.ts';
import { InvoiceList } from './invoice-list.tsx';

const meta = { title: 'Invoices/InvoiceList', component: InvoiceList } satisfies Meta<typeof InvoiceList>;
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
      <InvoiceList {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <InvoiceList {...args} />
    </div>
  ),
};

/** Paging: older, then back to the newest. */
export const Paging: Story = {
  parameters: { fixture: { answers: { invoices: { ...createFixtures().invoices, nextCursor: 'older' } } } },
  play: async ({ canvas }) => {
    const newer = await canvas.findByRole('button', { name: 'Newer' });
    await expect(newer).toBeDisabled();
    await userEvent.click(canvas.getByRole('button', { name: 'Older' }));
    await expect(newer).toBeEnabled();
    await userEvent.click(newer);
    await expect(newer).toBeDisabled();
  },
};

import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, within } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { UsageDashboard } from './usage-dashboard.tsx';

const meta = { title: 'Dashboard/UsageDashboard', component: UsageDashboard } satisfies Meta<
  typeof UsageDashboard
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
      <UsageDashboard {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <UsageDashboard {...args} />
    </div>
  ),
};

/** One section failed: the others stand, and it can be tried again by itself. */
export const OneSectionFailed: Story = {
  parameters: { fixture: { states: { invoices: 'provider_rejected' } } },
  play: async ({ canvas }) => {
    await canvas.findAllByText('$18.42');
    const invoices = within(await canvas.findByRole('region', { name: 'Invoices' }));
    await expect(invoices.getByRole('alert')).toHaveTextContent('configuration problem');
    await userEvent.click(invoices.getByRole('button', { name: 'Try again' }));
    await expect(invoices.getByRole('alert')).toBeVisible();
  },
};

/** Meters are tabs: arrow keys move and select, and wrap around. */
export const TabsByKeyboard: Story = {
  play: async ({ canvas }) => {
    const first = await canvas.findByRole('tab', { name: 'API requests' });
    first.focus();
    await userEvent.keyboard('{ArrowRight}');
    await expect(canvas.getByRole('tab', { name: 'Tokens' })).toHaveFocus();
    await expect(canvas.getByRole('tabpanel', { name: 'Tokens' })).toHaveTextContent('10.9M');
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    await expect(canvas.getByRole('tab', { name: 'Storage' })).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{Home}');
    await expect(first).toHaveFocus();
  },
};

/** Right-to-left, in Arabic figures and dates. */
export const RightToLeft: Story = { globals: { direction: 'rtl', locale: 'ar' } };
export const Dark: Story = { globals: { scheme: 'dark' } };

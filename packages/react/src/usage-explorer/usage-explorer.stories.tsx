import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { UsageExplorer } from './usage-explorer.tsx';

const meta = { title: 'Usage/UsageExplorer', component: UsageExplorer } satisfies Meta<typeof UsageExplorer>;
export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
export const Loading: Story = { parameters: { fixture: { state: 'loading' } } };
export const Failed: Story = { name: 'Error', parameters: { fixture: { state: 'provider_rejected' } } };
export const NotAllowed: Story = { parameters: { fixture: { state: 'not_allowed' } } };
export const Empty: Story = { parameters: { fixture: { state: 'empty' } } };
export const Stale: Story = { parameters: { fixture: { state: 'stale' } } };
export const AllStates: Story = {
  parameters: { a11y: { config: { rules: [{ id: 'landmark-unique', enabled: false }] } } },
  render: (args) => (
    <FixtureStates>
      <UsageExplorer {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <UsageExplorer {...args} />
    </div>
  ),
};
export const Dark: Story = { globals: { scheme: 'dark' } };
export const RightToLeft: Story = { globals: { direction: 'rtl', locale: 'ar' } };

/** Each choice changes the picture; all of it is reached by keyboard. */
export const Choosing: Story = {
  play: async ({ canvas }) => {
    await canvas.findByRole('application', { name: 'API requests, per day' });
    await userEvent.click(canvas.getByRole('checkbox', { name: 'Running total' }));
    await canvas.findByRole('application', { name: 'API requests, running total' });
    await userEvent.selectOptions(canvas.getByRole('combobox', { name: 'Time' }), 'Last 90 days');
    await expect(canvas.queryByRole('radio', { name: 'Hour' })).toBeNull();
    await userEvent.click(canvas.getByRole('radio', { name: 'Week' }));
    await userEvent.click(canvas.getByRole('checkbox', { name: 'Tokens' }));
    await canvas.findByRole('application', { name: /^Tokens/ });
    const usage = within(canvas.getByRole('region', { name: 'Usage' }));
    await userEvent.click(await usage.findByRole('button', { name: 'Table' }));
    await waitFor(() => expect(usage.getAllByRole('table')).toHaveLength(2));
  },
};

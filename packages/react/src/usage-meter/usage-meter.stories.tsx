import type { Meta, StoryObj } from '@storybook/react-vite';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { UsageMeter } from './usage-meter.tsx';

const meta = { title: 'Usage/UsageMeter', component: UsageMeter } satisfies Meta<typeof UsageMeter>;
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
      <UsageMeter {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <UsageMeter {...args} />
    </div>
  ),
};

export const OneMeter: Story = { args: { meter: 'tokens_used' } };

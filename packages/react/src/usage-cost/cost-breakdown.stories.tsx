import type { Meta, StoryObj } from '@storybook/react-vite';
import { fixtureCostOfChange } from '../testing/fixture-cost.ts';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { CostBreakdown } from './cost-breakdown.tsx';

const meta = { title: 'Usage/CostBreakdown', component: CostBreakdown } satisfies Meta<typeof CostBreakdown>;
export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
export const Loading: Story = { parameters: { fixture: { state: 'loading' } } };
export const Failed: Story = { name: 'Error', parameters: { fixture: { state: 'provider_rejected' } } };
export const NotAllowed: Story = { parameters: { fixture: { state: 'not_allowed' } } };
export const Empty: Story = { parameters: { fixture: { state: 'empty' } } };
export const Stale: Story = { parameters: { fixture: { state: 'stale' } } };
export const PlanChange: Story = { parameters: { fixture: { answers: { cost: fixtureCostOfChange() } } } };
export const AllStates: Story = {
  parameters: { a11y: { config: { rules: [{ id: 'landmark-unique', enabled: false }] } } },
  render: (args) => (
    <FixtureStates>
      <CostBreakdown {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <CostBreakdown {...args} />
    </div>
  ),
};
export const NarrowPlanChange: Story = { ...Narrow, ...PlanChange };
export const Dark: Story = { globals: { scheme: 'dark' } };
export const RightToLeft: Story = { globals: { direction: 'rtl', locale: 'ar' } };

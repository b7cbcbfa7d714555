import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, spyOn, userEvent, within } from 'storybook/test';
import { FixtureStates } from '../testing/fixture-states.tsx';
import { createFixtures, fixtureTopUps } from '../testing/index.ts';
import { TopUpHistory } from './top-up-history.tsx';

const meta = { title: 'Credits/TopUpHistory', component: TopUpHistory } satisfies Meta<typeof TopUpHistory>;
export default meta;
type Story = StoryObj<typeof meta>;

const { history } = createFixtures();

export const Default: Story = {};
export const Loading: Story = { parameters: { fixture: { state: 'loading' } } };
export const Failed: Story = { name: 'Error', parameters: { fixture: { state: 'provider_rejected' } } };
export const Empty: Story = { parameters: { fixture: { state: 'empty' } } };
export const Stale: Story = { parameters: { fixture: { state: 'stale' } } };
export const AllStates: Story = {
  parameters: { a11y: { config: { rules: [{ id: 'landmark-unique', enabled: false }] } } },
  render: (args) => (
    <FixtureStates>
      <TopUpHistory {...args} />
    </FixtureStates>
  ),
};
export const Narrow: Story = {
  render: (args) => (
    <div className="narrow">
      <TopUpHistory {...args} />
    </div>
  ),
  play: async ({ canvas, canvasElement }) => {
    const table = await canvas.findByRole('table');
    await expect(table.scrollWidth).toBeLessThanOrEqual(
      canvasElement.querySelector('.narrow')?.clientWidth ?? 0,
    );
  },
};
export const RightToLeft: Story = { globals: { direction: 'rtl', locale: 'ar' } };
export const Dark: Story = { globals: { scheme: 'dark' } };

const onCall = fn();

export const Paging: Story = {
  parameters: {
    fixture: { onCall, answers: { history: { ...history, nextCursor: 'page-2' } } },
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Older' }));
    await expect(onCall).toHaveBeenCalledWith('history', { cursor: 'page-2' });
    await expect(await canvas.findByRole('button', { name: 'Newer' })).toBeEnabled();
  },
};

/** The receipt is asked for when it is wanted, and opens in a page of its own. */
export const Receipt: Story = {
  parameters: { fixture: { answers: { history: { ...history, topUps: fixtureTopUps.slice(2, 3) } } } },
  play: async ({ canvas }) => {
    const open = spyOn(window, 'open').mockReturnValue(window);
    await userEvent.click(await canvas.findByRole('button', { name: /^Receipt, Medium/ }));
    await expect(open).toHaveBeenCalledWith('https://receipt.example/1', '_blank');
  },
};
export const NoReceipt: Story = {
  parameters: { fixture: { states: { receipt: 'empty' } } },
  play: async ({ canvas }) => {
    const row = within(await canvas.findByRole('row', { name: /Medium/ }));
    await userEvent.click(row.getByRole('button', { name: /^Receipt/ }));
    await expect(await row.findByRole('status')).toHaveTextContent('no receipt');
  },
};

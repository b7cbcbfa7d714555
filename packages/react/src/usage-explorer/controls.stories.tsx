import type { UsageRange } from '@meterboard/contract';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { useState } from 'react';
import { expect, userEvent } from 'storybook/test';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures, fixtureMeters, fixtureNowMs } from '../testing/index.ts';
import { type ExplorerState, initialState } from './explorer-state.ts';
import { ExportButton } from './export-button.tsx';
import { Granularity } from './granularity.tsx';
import { MeterPicker } from './meter-picker.tsx';
import { RangePicker } from './range-picker.tsx';

interface ControlsProps {
  range?: UsageRange;
  mayExport?: boolean;
}

/** The explorer's controls, each usable alone, for a page of one's own. */
function Controls({ range = initialState.range, mayExport = true }: ControlsProps) {
  const [state, setState] = useState<ExplorerState>({ ...initialState, meters: ['api_requests'], range });
  const [client] = useState(() =>
    createFixtureClient({ answers: { meters: { ...createFixtures().meters, mayExport } } }),
  );
  return (
    <MeterboardProvider client={client} exportUrl="/api/meterboard/export">
      <MeterPicker
        meters={fixtureMeters}
        selected={state.meters ?? []}
        onChange={(meters) => setState({ ...state, meters })}
      />
      <RangePicker
        range={state.range}
        nowMs={fixtureNowMs}
        onChange={(next) => setState({ ...state, range: next })}
      />
      <Granularity
        range={state.range}
        bucket={state.bucket}
        onChange={(bucket) => setState({ ...state, bucket })}
      />
      <ExportButton state={state} />
    </MeterboardProvider>
  );
}

const meta = { title: 'Usage/Controls', component: Controls } satisfies Meta<typeof Controls>;
export default meta;
type Story = StoryObj<typeof meta>;

export const Default: Story = {};
export const Month: Story = { args: { range: { kind: 'month', month: '2026-10' } } };
export const FreeRange: Story = {
  args: { range: { kind: 'between', startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 10, 8) } },
};
export const NoExport: Story = { args: { mayExport: false } };
export const Narrow: Story = {
  ...FreeRange,
  render: (args) => (
    <div className="narrow">
      <Controls {...args} />
    </div>
  ),
};
export const Dark: Story = { ...FreeRange, globals: { scheme: 'dark' } };
export const RightToLeft: Story = { ...FreeRange, globals: { direction: 'rtl', locale: 'ar' } };

/** One stop for each group; arrow keys choose within it, and the last meter cannot be put out. */
export const ByKeyboard: Story = {
  play: async ({ canvas }) => {
    canvas.getByRole('checkbox', { name: 'API requests' }).focus();
    await userEvent.keyboard(' ');
    await expect(canvas.getByRole('checkbox', { name: 'API requests' })).toBeChecked();
    await userEvent.keyboard('{Tab}{Tab}{Tab}');
    await expect(canvas.getByRole('combobox', { name: 'Time' })).toHaveFocus();
    await userEvent.keyboard('{Tab}{ArrowRight}');
    await expect(canvas.getByRole('radio', { name: 'Week' })).toBeChecked();
  },
};

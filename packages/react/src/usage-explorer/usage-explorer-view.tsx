'use client';
import type { Meter } from '@meterboard/contract';
import type { ReactNode } from 'react';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useWords } from '../provider/use-words.ts';
import { type ExplorerState, fitted, usualPeriodDays } from './explorer-state.ts';
import { ExportButton } from './export-button.tsx';
import { Granularity } from './granularity.tsx';
import { MeterPicker } from './meter-picker.tsx';
import { RangePicker } from './range-picker.tsx';
import { Segments } from './segments.tsx';

export interface UsageExplorerViewProps {
  meters: Meter[];
  state: ExplorerState;
  onChange: (state: ExplorerState) => void;
  /** The server's clock. */
  nowMs: number;
  /** How many days billing periods have. Default 31. */
  periodDays?: number;
  /** The zone of the picture, where it is not the provider's. */
  timeZone?: string;
  /** Why the server does not show the range, in words. */
  rangeError?: string | null;
  /** The picture of what is chosen. */
  children: ReactNode;
}

const shapes = ['area', 'line', 'bar'] as const;
const switches = ['cumulative', 'compare', 'forecast'] as const;

/** The controls of the explorer above what they choose. Renders a `<div>`. */
export function UsageExplorerView(props: UsageExplorerViewProps) {
  const {
    meters,
    state,
    onChange,
    nowMs,
    periodDays = usualPeriodDays,
    timeZone,
    rangeError,
    children,
  } = props;
  const m = useWords(explorerWords);
  const change = (part: Partial<ExplorerState>) => onChange({ ...state, ...part });
  const selected = state.meters ?? [];
  return (
    <div data-mb="explorer">
      {meters.length > 1 ? (
        <MeterPicker meters={meters} selected={selected} onChange={(chosen) => change({ meters: chosen })} />
      ) : null}
      <div data-mb="controls">
        <RangePicker
          range={state.range}
          nowMs={nowMs}
          error={rangeError}
          onChange={(range) => onChange(fitted({ ...state, range }, periodDays))}
        />
        <Granularity
          range={state.range}
          periodDays={periodDays}
          bucket={state.bucket}
          onChange={(bucket) => change({ bucket })}
        />
        <Segments
          label={m.shape}
          options={shapes}
          names={m.shapes}
          selected={state.shape}
          onChange={(shape) => change({ shape })}
        />
        <div data-mb="switches">
          {switches.map((name) => (
            <label key={name} data-mb="chip">
              <input
                type="checkbox"
                checked={state[name]}
                onChange={({ target }) => change({ [name]: target.checked })}
              />
              {m[name]}
            </label>
          ))}
        </div>
        <ExportButton state={state} timeZone={timeZone} />
      </div>
      {children}
    </div>
  );
}

'use client';
import type { Meter } from '@meterboard/contract';
import type { ComponentPropsWithRef } from 'react';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useWords } from '../provider/use-words.ts';
import { maxMeters } from './explorer-state.ts';

export interface MeterPickerProps extends Omit<ComponentPropsWithRef<'fieldset'>, 'onChange'> {
  meters: Meter[];
  /** Event names, in any order. */
  selected: readonly string[];
  /** In the order of `meters`; never empty: the last one cannot be put out. */
  onChange: (selected: string[]) => void;
}

/** Which meters to show, any number of them. Renders a `<fieldset>` of check boxes. */
export function MeterPicker({ meters, selected, onChange, ...rest }: MeterPickerProps) {
  const m = useWords(explorerWords);
  const toggle = (eventName: string) => {
    const isOn = selected.includes(eventName);
    const next = meters
      .map((meter) => meter.eventName)
      .filter((one) => (one === eventName ? !isOn : selected.includes(one)));
    if (next.length > 0 && next.length <= maxMeters) onChange(next);
  };
  return (
    <fieldset data-mb="choice" {...rest}>
      <legend>{m.chooseMeters}</legend>
      {meters.map(({ eventName, label }) => (
        <label key={eventName} data-mb="chip">
          <input type="checkbox" checked={selected.includes(eventName)} onChange={() => toggle(eventName)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

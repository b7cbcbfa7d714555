'use client';
import type { Meter } from '@meterboard/contract';
import { type ComponentPropsWithRef, useId, useState } from 'react';
import { formatExact } from '../format/quantity.ts';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { maxMeters } from './explorer-state.ts';

export interface MeterPickerProps extends Omit<ComponentPropsWithRef<'fieldset'>, 'onChange'> {
  meters: Meter[];
  /** Event names, in any order. */
  selected: readonly string[];
  /** In the order of `meters`; never empty: the last one cannot be put out. */
  onChange: (selected: string[]) => void;
}

/** Which meters to show, any number of them up to twenty. Renders a `<fieldset>` of check boxes; a choice that cannot be is said to be so and changes nothing. */
export function MeterPicker({ meters, selected, onChange, ...rest }: MeterPickerProps) {
  const { locale } = useMeterboard();
  const m = useWords(explorerWords);
  const id = useId();
  const [refused, setRefused] = useState<{ eventName: string; why: string } | null>(null);
  const toggle = (eventName: string) => {
    const isOn = selected.includes(eventName);
    const next = meters
      .map((meter) => meter.eventName)
      .filter((one) => (one === eventName ? !isOn : selected.includes(one)));
    const why =
      next.length === 0
        ? m.noMeterChosen
        : next.length > maxMeters
          ? m.tooManyMeters(formatExact(String(maxMeters), locale))
          : null;
    setRefused(why === null ? null : { eventName, why });
    if (why === null) onChange(next);
  };
  return (
    <fieldset data-mb="choice" {...rest}>
      <legend>{m.chooseMeters}</legend>
      {meters.map(({ eventName, label }) => (
        <label key={eventName} data-mb="chip">
          <input
            type="checkbox"
            checked={selected.includes(eventName)}
            aria-describedby={refused?.eventName === eventName ? `${id}w` : undefined}
            onChange={() => toggle(eventName)}
          />
          {label}
        </label>
      ))}
      {refused ? (
        <p data-mb="problem" id={`${id}w`} role="alert">
          {refused.why}
        </p>
      ) : null}
    </fieldset>
  );
}

'use client';
import { useId } from 'react';

export interface SegmentsProps<T extends string> {
  /** Names the choice. */
  label: string;
  options: readonly T[];
  names: Record<T, string>;
  selected: T;
  onChange: (selected: T) => void;
}

/** One of a few. Renders a `<fieldset>` of radio buttons that look like segments. */
export function Segments<T extends string>({ label, options, names, selected, onChange }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset data-mb="choice">
      <legend>{label}</legend>
      <span data-mb="segments">
        {options.map((one) => (
          <label key={one}>
            <input type="radio" name={name} checked={one === selected} onChange={() => onChange(one)} />
            {names[one]}
          </label>
        ))}
      </span>
    </fieldset>
  );
}

import type { Meter } from '@meterboard/contract';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureMeters } from '../testing/index.ts';
import { MeterPicker } from './meter-picker.tsx';

afterEach(cleanup);

const [like] = fixtureMeters as [Meter];
const meters = Array.from({ length: 21 }, (_, index) => ({
  ...like,
  eventName: `meter_${index}`,
  label: `Meter ${index}`,
}));

function Picker({ count }: { count: number }) {
  const [selected, setSelected] = useState(meters.slice(0, count).map(({ eventName }) => eventName));
  return (
    <MeterboardProvider client={createFixtureClient()}>
      <MeterPicker meters={meters} selected={selected} onChange={setSelected} />
    </MeterboardProvider>
  );
}

const box = (name: string) => screen.getByRole<HTMLInputElement>('checkbox', { name });

describe('MeterPicker', () => {
  it.each([
    ['the last meter cannot be put out', 1, 'Meter 0', 'Choose at least one meter.'],
    ['a meter is one too many', 20, 'Meter 20', 'At most 20 meters at a time.'],
  ])('says why %s, until something else is chosen', (_, count, name, why) => {
    render(<Picker count={count} />);
    const before = box(name).checked;
    fireEvent.click(box(name));
    expect(box(name).checked).toBe(before);
    expect(screen.getByRole('alert').textContent).toBe(why);
    expect(box(name).getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id);
    fireEvent.click(box('Meter 1'));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(box(name).getAttribute('aria-describedby')).toBeNull();
  });
});

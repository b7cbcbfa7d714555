'use client';
import { useId } from 'react';

export interface MeterBarProps {
  /** What is measured. */
  label: string;
  /** The figure in words, as it should be spoken. */
  valueText: string;
  /** 0..1 and beyond; the bar ends at 1. */
  ratio: number;
  /** Hatches the rest of the bar: taken, but not billed yet. */
  hatchRest?: boolean;
  /** Decided by the server. */
  status?: string;
}

/** A bar from empty to full. Renders a `<div role="meter">` around an SVG. Styling: `data-status`. */
export function MeterBar({ label, valueText, ratio, hatchRest = false, status }: MeterBarProps) {
  const id = useId();
  const percent = Math.min(100, Math.max(0, ratio * 100));
  const semantics = {
    role: 'meter',
    'aria-label': label,
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'aria-valuenow': Math.round(percent),
    'aria-valuetext': valueText,
  };
  return (
    <div data-mb="bar" data-status={status} {...semantics}>
      <svg width="100%" height="100%" aria-hidden="true">
        {hatchRest ? (
          <>
            <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(25)">
              <path data-mb="hatch" d="M1.5 0V6" strokeWidth="3" />
            </pattern>
            <rect width="100%" height="100%" fill={`url(#${id})`} />
            <rect data-mb="bar-gap" width={`${percent}%`} height="100%" />
          </>
        ) : null}
        <rect data-mb="bar-fill" width={`${percent}%`} height="100%" />
      </svg>
    </div>
  );
}

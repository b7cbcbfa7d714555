'use client';
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

/** A bar from empty to full. Renders a `<div role="meter">` around an SVG. Styling: `data-status`, `data-hatch`. */
export function MeterBar({ label, valueText, ratio, hatchRest, status }: MeterBarProps) {
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
    <div data-mb="bar" data-status={status} data-hatch={hatchRest} {...semantics}>
      <svg width="100%" height="100%" aria-hidden="true">
        <rect data-mb="bar-fill" width={`${percent}%`} height="100%" />
      </svg>
    </div>
  );
}

'use client';
import { type ReactNode, useEffect } from 'react';
import { usePart } from '../parts/use-part.ts';
import type { UsagePlotProps } from './usage-plot-props.ts';
import { useWidth } from './use-width.ts';

export interface ChartBoxProps {
  /** Names the picture and its cursor. */
  label: string;
  plot: Omit<UsagePlotProps, 'width' | 'height'>;
  /** Default 260. */
  height?: number;
  /** Drawn on the server and until the container is measured. Default 640. */
  initialWidth?: number;
  /** The picture that is complete without JavaScript, of a size. */
  children: (size: { width: number; height: number }) => ReactNode;
}

/** The interactive picture and the table: what a page can do without at first. */
export const fetchInteractive = () => import('./usage-chart-interactive.tsx');

/**
 * A picture that is there at once, and the interactive one in its place as soon as its code has come: when the box is
 * on the screen, or somebody points at it or reaches it by keyboard. Where the code cannot be fetched the first one
 * stays. Renders a `<div role="application">` that takes the focus: arrow keys read the figures one by one.
 */
export function ChartBox({ label, plot, height = 260, initialWidth = 640, children }: ChartBoxProps) {
  const [ref, measured] = useWidth<HTMLDivElement>(initialWidth);
  const { loaded, load } = usePart(fetchInteractive);
  useEffect(() => {
    if (!ref.current || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load());
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref, load]);
  /** Where there is less, the picture shrinks. */
  const size = { width: Math.max(200, measured), height };
  const still = children(size);
  const semantics = {
    onPointerEnter: load,
    onFocus: load,
    role: 'application',
    'aria-label': label,
    tabIndex: 0,
  };
  return (
    <div data-mb="chart" ref={ref} {...semantics}>
      {loaded ? (
        <loaded.UsageChartInteractive box={ref} label={label} {...plot} {...size} fallback={still} />
      ) : (
        still
      )}
    </div>
  );
}

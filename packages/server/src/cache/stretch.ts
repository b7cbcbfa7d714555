/** From this part of the month's readings on, readings serve so many times as long. */
const steps = [
  { part: 0.9, times: 10 },
  { part: 0.75, times: 4 },
  { part: 0.5, times: 2 },
];

/** How many times as long readings serve: the more of the month is spent, the longer. `null`: there is no limit. */
export function stretchOf(spentGets: number, monthlyGets: number | null): number {
  if (monthlyGets === null) return 1;
  return steps.find(({ part }) => spentGets >= part * monthlyGets)?.times ?? 1;
}

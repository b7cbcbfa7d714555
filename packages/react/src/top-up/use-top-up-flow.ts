'use client';
import { type Part, usePart } from '../parts/use-part.ts';

const fetchFlow = () => import('./top-up-flow.ts');

/** The code of buying, which comes when it is wanted. */
export function useTopUpFlow(): Part<Awaited<ReturnType<typeof fetchFlow>>> {
  return usePart(fetchFlow);
}

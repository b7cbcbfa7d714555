import type { Bucket } from '@meterboard/contract';
import type { PlotRequest } from './plan.ts';

/** A picture of usage of a size. */
export interface UsagePlotProps extends PlotRequest {
  bucket: Bucket;
  /** The zone in which the buckets were made. */
  timeZone: string;
  width: number;
  height: number;
}

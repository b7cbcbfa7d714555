import { z } from 'zod';
import type { Meter, MeterList } from '../meters.ts';
import { measured } from './measured.ts';

export const eventName = z.string().min(1).max(100);

export const meter = z.object({
  eventName,
  label: z.string(),
  unit: z.string().nullable(),
  aggregation: z.enum(['sum', 'count', 'last']),
  status: z.enum(['active', 'inactive']),
}) satisfies z.ZodType<Meter>;

export const meterList = measured.extend({
  meters: z.array(meter),
  mayExport: z.boolean(),
}) satisfies z.ZodType<MeterList>;

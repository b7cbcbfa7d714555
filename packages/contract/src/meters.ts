import type { Measured } from './measured.ts';

/** How events become a figure. `last` is a level, not a flow: its buckets never add up. */
export type Aggregation = 'sum' | 'count' | 'last';

/** Something that is metered, as the customer sees it. */
export interface Meter {
  /** The provider's event name ("api_requests"): the key of this meter in every input and answer. */
  eventName: string;
  /** The host's words, or the provider's display name. Plain text. */
  label: string;
  /** What one unit is called ("requests"), where the host says so. Plain text. */
  unit: string | null;
  aggregation: Aggregation;
  /** `inactive` meters keep their history and take no more events. */
  status: 'active' | 'inactive';
}

/** Ordered as the host configures them, then by label. */
export interface MeterList extends Measured {
  meters: Meter[];
  /** Whether this person may download usage as a file. */
  mayExport: boolean;
}

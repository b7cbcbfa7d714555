import type { CreditBalances } from './credits.ts';
import type { InvoiceList } from './invoices.ts';
import type { Measured, Section } from './measured.ts';
import type { MeterList } from './meters.ts';
import type { TopUpPackages } from './top-ups.ts';
import type { UsageSeries, UsageSummary } from './usage.ts';

export interface OverviewInput {
  /** IANA name. */
  timeZone: string;
}

/**
 * What the default dashboard shows, in one call and from one reading of the provider. Each section is exactly
 * what its own procedure returns: `usage` is the current billing period of all meters by day, or by week or month
 * where days would be too many.
 */
export interface Overview extends Measured {
  meters: Section<MeterList>;
  usage: Section<UsageSeries>;
  summary: Section<UsageSummary>;
  credits: Section<CreditBalances>;
  invoices: Section<InvoiceList>;
  topUps: Section<TopUpPackages>;
}

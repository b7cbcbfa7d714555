import type { CreditBalances } from './credits.ts';
import type { InvoiceList, InvoiceListInput } from './invoices.ts';
import type { MeterList } from './meters.ts';
import type { Overview, OverviewInput } from './overview.ts';
import type {
  SavedCardAnswer,
  TopUpHistory,
  TopUpHistoryInput,
  TopUpPackages,
  TopUpReceipt,
  TopUpStart,
  TopUpStartInput,
  TopUpStatus,
  TopUpStatusInput,
} from './top-ups.ts';
import type {
  UsageCost,
  UsageCostInput,
  UsageSeries,
  UsageSeriesInput,
  UsageSummary,
  UsageSummaryInput,
} from './usage.ts';

export interface CallOptions {
  signal?: AbortSignal;
}

/** Rejects with anything `toBillingError()` understands. */
export interface QueryCall<Input, Output> {
  query(input: Input, options?: CallOptions): Promise<Output>;
}

/** Rejects with anything `toBillingError()` understands. */
export interface MutationCall<Input, Output> {
  mutate(input: Input, options?: CallOptions): Promise<Output>;
}

/**
 * The seam between a user interface and a Meterboard server. A tRPC client for the server's router is one; so
 * is any object of this shape (fixtures for stories, another transport). No input names a customer: the server
 * takes it from the session.
 */
export interface MeterboardClient {
  overview: QueryCall<OverviewInput, Overview>;
  meters: { list: QueryCall<undefined, MeterList> };
  usage: {
    series: QueryCall<UsageSeriesInput, UsageSeries>;
    summary: QueryCall<UsageSummaryInput | undefined, UsageSummary>;
    cost: QueryCall<UsageCostInput, UsageCost>;
  };
  credits: { balance: QueryCall<undefined, CreditBalances> };
  invoices: { list: QueryCall<InvoiceListInput, InvoiceList> };
  topUps: {
    packages: QueryCall<undefined, TopUpPackages>;
    start: MutationCall<TopUpStartInput, TopUpStart>;
    status: QueryCall<TopUpStatusInput, TopUpStatus>;
    savedCard: QueryCall<undefined, SavedCardAnswer>;
    history: QueryCall<TopUpHistoryInput, TopUpHistory>;
    receipt: QueryCall<TopUpStatusInput, TopUpReceipt>;
  };
}

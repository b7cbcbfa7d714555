import { z } from 'zod';
import type { Overview, OverviewInput } from '../overview.ts';
import { creditBalances } from './credits.ts';
import { invoiceList } from './invoices.ts';
import { measured, section, timeZone } from './measured.ts';
import { meterList } from './meters.ts';
import { topUpPackages } from './top-ups.ts';
import { usageSeries, usageSummary } from './usage.ts';

export const overviewInput = z.strictObject({ timeZone }) satisfies z.ZodType<OverviewInput>;

export const overview = measured.extend({
  meters: section(meterList),
  usage: section(usageSeries),
  summary: section(usageSummary),
  credits: section(creditBalances),
  invoices: section(invoiceList),
  topUps: section(topUpPackages),
}) satisfies z.ZodType<Overview>;

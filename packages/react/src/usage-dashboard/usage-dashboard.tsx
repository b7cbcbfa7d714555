'use client';
import type { Overview } from '@meterboard/contract';
import type { ReactNode } from 'react';
import { CreditBalance } from '../credit-balance/credit-balance.tsx';
import { CreditGrants } from '../credit-balance/credit-grants.tsx';
import { formatRelative, formatSpan } from '../format/dates.ts';
import { joinFacts } from '../format/facts.ts';
import { useOverview } from '../hooks/use-overview.ts';
import { baseWords } from '../i18n/base.ts';
import { dashboardWords } from '../i18n/dashboard.ts';
import { InvoiceList } from '../invoice-list/invoice-list.tsx';
import { LowBalanceAlert } from '../low-balance-alert/low-balance-alert.tsx';
import { NextInvoice } from '../next-invoice/next-invoice.tsx';
import { AsOf } from '../parts/as-of.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { FedContext, useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { TopUpButton } from '../top-up/top-up-button.tsx';
import { TopUpStatus } from '../top-up/top-up-status.tsx';
import { PeriodChart } from '../usage-chart/period-chart.tsx';
import { UsageMeter } from '../usage-meter/usage-meter.tsx';
import { UsageDashboardView } from './usage-dashboard-view.tsx';

export interface UsageDashboardProps {
  /** Default: "Usage and billing". */
  title?: ReactNode;
}

/**
 * Usage, credits and invoices on one page, from one call. A section that fails says so in its place and offers to
 * try again; the others stand.
 */
export function UsageDashboard({ title }: UsageDashboardProps) {
  const overview = useOverview();
  const { language, timeZone } = useMeterboard();
  const m = useWords(dashboardWords);
  const base = useWords(baseWords);
  const { data, status } = overview;
  const hasFailed = status === 'error';
  return (
    <FedContext value={data ?? true}>
      <UsageDashboardView
        title={title ?? m.dashboard}
        subtitle={data ? subtitle(data) : null}
        aside={
          <>
            <span data-mb="hidden" role="status">
              {status === 'loading' ? base.loading : ''}
            </span>
            <AsOf {...overview} />
          </>
        }
        notices={
          <>
            <TopUpStatus />
            {hasFailed ? (
              <Loaded resource={overview} rows={0}>
                {() => null}
              </Loaded>
            ) : (
              <LowBalanceAlert action={<TopUpButton />} />
            )}
          </>
        }
        {...(hasFailed
          ? {}
          : {
              credits: <CreditBalance actions={<TopUpButton />} />,
              nextInvoice: <NextInvoice />,
              meters: <UsageMeter />,
              usage: <PeriodChart />,
              grants: <CreditGrants />,
              invoices: <InvoiceList />,
            })}
      />
    </FedContext>
  );

  function subtitle({ summary, credits, servedAtMs }: Overview): string {
    const period = summary.ok ? summary.data.meters.find((meter) => meter.period)?.period : null;
    const next = credits.ok
      ? credits.data.balances.find(({ nextInvoice }) => nextInvoice)?.nextInvoice
      : null;
    return joinFacts(
      period && m.billingPeriod(formatSpan(period, language, timeZone)),
      next && m.nextInvoiceIn(formatRelative(next.atMs - servedAtMs, language)),
    );
  }
}

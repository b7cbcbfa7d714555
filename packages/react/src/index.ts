export { createMeterboardClient, type MeterboardClientOptions } from './client/create-meterboard-client.ts';
export { CreditBalance, type CreditBalanceProps } from './credit-balance/credit-balance.tsx';
export { CreditBalanceView, type CreditBalanceViewProps } from './credit-balance/credit-balance-view.tsx';
export { CreditGrants } from './credit-balance/credit-grants.tsx';
export { GrantListView, type GrantListViewProps } from './credit-balance/grant-list-view.tsx';
export { useCreditBalance } from './hooks/use-credit-balance.ts';
export { useInvoices } from './hooks/use-invoices.ts';
export { useMeters } from './hooks/use-meters.ts';
export { useOverview } from './hooks/use-overview.ts';
export type { Resource } from './hooks/use-resource.ts';
export { useTopUp } from './hooks/use-top-up.ts';
export { useTopUpPackages } from './hooks/use-top-up-packages.ts';
export { type UsageSeriesOptions, useUsageSeries } from './hooks/use-usage-series.ts';
export { useUsageSummary } from './hooks/use-usage-summary.ts';
export { english, type Messages } from './i18n/messages.ts';
export { InvoiceList } from './invoice-list/invoice-list.tsx';
export { InvoiceListView, type InvoiceListViewProps } from './invoice-list/invoice-list-view.tsx';
export { LowBalanceAlert, type LowBalanceAlertProps } from './low-balance-alert/low-balance-alert.tsx';
export {
  LowBalanceAlertView,
  type LowBalanceAlertViewProps,
} from './low-balance-alert/low-balance-alert-view.tsx';
export { NextInvoice } from './next-invoice/next-invoice.tsx';
export { NextInvoiceView, type NextInvoiceViewProps } from './next-invoice/next-invoice-view.tsx';
export { MeterboardProvider, type MeterboardProviderProps } from './provider/meterboard-provider.tsx';
export type { TopUp, TopUpPhase } from './top-up/top-up.ts';
export { TopUpButton, type TopUpButtonProps } from './top-up/top-up-button.tsx';
export { TopUpButtonView, type TopUpButtonViewProps } from './top-up/top-up-button-view.tsx';
export { TopUpStatus } from './top-up/top-up-status.tsx';
export { TopUpStatusView, type TopUpStatusViewProps } from './top-up/top-up-status-view.tsx';
export { UsageChart, type UsageChartProps } from './usage-chart/usage-chart.tsx';
export { UsageChartView, type UsageChartViewProps } from './usage-chart/usage-chart-view.tsx';
export { UsageDashboard, type UsageDashboardProps } from './usage-dashboard/usage-dashboard.tsx';
export { UsageDashboardView, type UsageDashboardViewProps } from './usage-dashboard/usage-dashboard-view.tsx';
export { UsageMeter, type UsageMeterProps } from './usage-meter/usage-meter.tsx';
export { UsageMeterView, type UsageMeterViewProps } from './usage-meter/usage-meter-view.tsx';

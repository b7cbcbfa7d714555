export type { ChartShape } from './charts/plan.ts';
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
export { useSavedCard } from './hooks/use-saved-card.ts';
export { useTopUp } from './hooks/use-top-up.ts';
export { useTopUpHistory } from './hooks/use-top-up-history.ts';
export { useTopUpPackages } from './hooks/use-top-up-packages.ts';
export { type UrlAdapter, type UrlFormat, useUrlState } from './hooks/use-url-state.ts';
export { type UsageCostOptions, useUsageCost } from './hooks/use-usage-cost.ts';
export { type UsageSeriesOptions, useUsageSeries } from './hooks/use-usage-series.ts';
export { type UsageSummaryOptions, useUsageSummary } from './hooks/use-usage-summary.ts';
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
export type { CardLookup } from './top-up/card-lookup.ts';
export { OnePackageView, type OnePackageViewProps } from './top-up/one-package-view.tsx';
export type { TopUp, TopUpOrder, TopUpPhase } from './top-up/top-up.ts';
export { TopUpButton, type TopUpButtonProps } from './top-up/top-up-button.tsx';
export { TopUpButtonView, type TopUpButtonViewProps } from './top-up/top-up-button-view.tsx';
export { TopUpDialog, type TopUpDialogProps } from './top-up/top-up-dialog.tsx';
export { TopUpDialogView, type TopUpDialogViewProps } from './top-up/top-up-dialog-view.tsx';
export type { TopUpEvent } from './top-up/top-up-event.ts';
export { TopUpFormView, type TopUpFormViewProps } from './top-up/top-up-form-view.tsx';
export { TopUpStatus } from './top-up/top-up-status.tsx';
export { TopUpStatusView, type TopUpStatusViewProps } from './top-up/top-up-status-view.tsx';
export { TopUpHistory } from './top-up-history/top-up-history.tsx';
export { TopUpHistoryView, type TopUpHistoryViewProps } from './top-up-history/top-up-history-view.tsx';
export { UsageChart, type UsageChartProps } from './usage-chart/usage-chart.tsx';
export { UsageChartView, type UsageChartViewProps } from './usage-chart/usage-chart-view.tsx';
export { UsageTable, type UsageTableProps } from './usage-chart/usage-table.tsx';
export { CostBreakdown, type CostBreakdownProps } from './usage-cost/cost-breakdown.tsx';
export { CostBreakdownView, type CostBreakdownViewProps } from './usage-cost/cost-breakdown-view.tsx';
export { UsageDashboard, type UsageDashboardProps } from './usage-dashboard/usage-dashboard.tsx';
export { UsageDashboardView, type UsageDashboardViewProps } from './usage-dashboard/usage-dashboard-view.tsx';
export {
  type ExplorerState,
  readState as readExplorerState,
  writeState as writeExplorerState,
} from './usage-explorer/explorer-state.ts';
export { ExportButton, type ExportButtonProps } from './usage-explorer/export-button.tsx';
export { Granularity, type GranularityProps } from './usage-explorer/granularity.tsx';
export { MeterPicker, type MeterPickerProps } from './usage-explorer/meter-picker.tsx';
export { RangePicker, type RangePickerProps } from './usage-explorer/range-picker.tsx';
export { UsageExplorer, type UsageExplorerProps } from './usage-explorer/usage-explorer.tsx';
export { UsageExplorerView, type UsageExplorerViewProps } from './usage-explorer/usage-explorer-view.tsx';
export { UsageMeter, type UsageMeterProps } from './usage-meter/usage-meter.tsx';
export { UsageMeterView, type UsageMeterViewProps } from './usage-meter/usage-meter-view.tsx';
export { UsageSummary } from './usage-summary/usage-summary.tsx';
export { UsageSummaryView, type UsageSummaryViewProps } from './usage-summary/usage-summary-view.tsx';

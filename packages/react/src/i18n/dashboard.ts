export const dashboardWords = {
  dashboard: 'Usage and billing',
  billingPeriod: (span: string) => `Billing period ${span}`,
  nextInvoiceIn: (when: string) => `next invoice ${when}`,
};

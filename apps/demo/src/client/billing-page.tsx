import { createMeterboardClient, MeterboardProvider, UsageDashboard } from '@meterboard/react';
import '@meterboard/react/styles.css';

const client = createMeterboardClient({ url: '/api/meterboard' });

export function Billing({ children }: { children: React.ReactNode }) {
  return (
    <MeterboardProvider client={client} timeZone="UTC" locale="en-US">
      {children}
    </MeterboardProvider>
  );
}

export const BillingPage = () => (
  <Billing>
    <UsageDashboard />
  </Billing>
);

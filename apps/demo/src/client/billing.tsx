import { createMeterboardClient, MeterboardProvider } from '@meterboard/react';
import '@meterboard/react/styles.css';

const client = createMeterboardClient({ url: '/api/meterboard' });

/** Below this, any component of the kit works; `<UsageDashboard />` is the billing page. */
export const Billing = ({ children }: { children: React.ReactNode }) => (
  <MeterboardProvider client={client} timeZone="UTC" locale="en-US">
    {children}
  </MeterboardProvider>
);

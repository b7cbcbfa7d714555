'use client';
import type { ComponentPropsWithRef, ReactNode } from 'react';

export interface UsageDashboardViewProps extends Omit<ComponentPropsWithRef<'div'>, 'title'> {
  title: ReactNode;
  /** Under the title: which period this is. */
  subtitle?: ReactNode;
  /** At the end of the head: the age of the figures. */
  aside?: ReactNode;
  /** Full width, above the cards: alerts, a purchase under way. */
  notices?: ReactNode;
  credits?: ReactNode;
  nextInvoice?: ReactNode;
  meters?: ReactNode;
  usage?: ReactNode;
  grants?: ReactNode;
  invoices?: ReactNode;
}

/**
 * The arrangement of the default dashboard: one column, or twelve where its container is wide enough. Renders a
 * `<div>` with an `<h2>`; what stands in the slots is up to the caller.
 */
export function UsageDashboardView(props: UsageDashboardViewProps) {
  const { title, subtitle, aside, notices, credits, nextInvoice, meters, usage, grants, invoices, ...rest } =
    props;
  return (
    <div data-mb="dashboard" {...rest}>
      <div data-mb="grid">
        <div data-mb="dashboard-head">
          <div>
            <h2>{title}</h2>
            {subtitle ? <p data-mb="sub">{subtitle}</p> : null}
          </div>
          {aside}
        </div>
        {notices}
        {credits}
        {nextInvoice}
        {meters}
        {usage}
        {grants}
        {invoices}
      </div>
    </div>
  );
}

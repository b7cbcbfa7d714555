import { baseWords } from './base.ts';
import { creditWords } from './credits.ts';
import { dashboardWords } from './dashboard.ts';
import { grantWords } from './grants.ts';
import { invoiceWords } from './invoices.ts';
import { pageWords } from './pages.ts';
import { topUpWords } from './top-up.ts';
import { topUpDialogWords } from './top-up-dialog.ts';
import { topUpHistoryWords } from './top-up-history.ts';
import { topUpStatusWords } from './top-up-status.ts';
import { usageWords } from './usage.ts';
import { costWords } from './usage-cost.ts';
import { explorerWords } from './usage-explorer.ts';
import { figureWords } from './usage-figures.ts';
import { plotWords } from './usage-plot.ts';
import { tableWords } from './usage-table.ts';

/**
 * English, whole. Words are strings; sentences with figures are functions of figures that are already formatted. No
 * component imports it: each takes only the words of its feature.
 */
export const english = {
  ...baseWords,
  ...dashboardWords,
  ...creditWords,
  ...grantWords,
  ...usageWords,
  ...plotWords,
  ...tableWords,
  ...figureWords,
  ...costWords,
  ...explorerWords,
  ...invoiceWords,
  ...pageWords,
  ...topUpWords,
  ...topUpDialogWords,
  ...topUpStatusWords,
  ...topUpHistoryWords,
};

/** Every word the components say. */
export type Messages = typeof english;

import type { PayWith } from '@meterboard/contract';

/**
 * The ways to pay that can be offered here, best first: the saved card where the host offers it, and one page: within
 * the host's where that can be shown. There is always one that needs nothing of this page.
 */
export function listWays(offered: PayWith[], canEmbed: boolean): PayWith[] {
  const possible = offered.filter((way) => way !== 'embedded_page' || canEmbed);
  const page = possible.find((way) => way !== 'saved_card') ?? 'hosted_page';
  const ways = possible.filter((way) => way === 'saved_card' || way === page);
  return ways.includes(page) ? ways : [...ways, page];
}

import type { TopUpRecord, TopUpState } from '@meterboard/contract';
import type { TopUpEvent } from './top-up-event.ts';

const toldItem = 'meterboard:told';
const paidStates = new Set<TopUpState>(['paid', 'granted', 'partially_refunded', 'refunded', 'disputed']);

/** For browsers that forbid storage: then a reload may tell again. */
let remembered = '';

function load(): string {
  try {
    return sessionStorage.getItem(toldItem) ?? '';
  } catch {
    return remembered;
  }
}

/** Whether this is the first time that such an event of this purchase is told in this tab. */
function isNews(topUpId: string, type: TopUpEvent['type']): boolean {
  const told = load().split(' ').filter(Boolean);
  const mark = `${topUpId}:${type}`;
  if (told.includes(mark)) return false;
  remembered = [...told, mark].slice(-40).join(' ');
  try {
    sessionStorage.setItem(toldItem, remembered);
  } catch {
    // Storage is forbidden: the variable above holds it.
  }
  return true;
}

/** Tells what a purchase's state means, each thing once for each purchase, reloads included. */
export function tellState(
  tell: (event: TopUpEvent) => void,
  record: Pick<TopUpRecord, 'topUpId' | 'packageId' | 'price' | 'credit' | 'state'>,
): void {
  const { topUpId, packageId, price, credit, state } = record;
  if (state === 'requires_action' && isNews(topUpId, state)) tell({ type: state, topUpId });
  if (paidStates.has(state) && isNews(topUpId, 'paid'))
    tell({ type: 'paid', topUpId, packageId, price, credit });
  if (state === 'granted' && isNews(topUpId, state)) tell({ type: state, topUpId, packageId, price, credit });
  if ((state === 'expired' || state === 'canceled') && isNews(topUpId, 'ended'))
    tell({ type: 'ended', topUpId, state });
}

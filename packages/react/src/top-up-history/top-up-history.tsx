'use client';
import { useTopUpHistory } from '../hooks/use-top-up-history.ts';
import { useTopUpReceipt } from '../hooks/use-top-up-receipt.ts';
import { topUpHistoryWords } from '../i18n/top-up-history.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { usePages } from '../parts/use-pages.tsx';
import { useWords } from '../provider/use-words.ts';
import { ReceiptButtonView, type ReceiptButtonViewProps } from './receipt-button-view.tsx';
import { TopUpHistoryView } from './top-up-history-view.tsx';

/** Purchases of credits with their receipts, a page at a time. Loading, error, empty and stale states included. */
export function TopUpHistory() {
  const { cursor, foot } = usePages();
  const resource = useTopUpHistory(cursor === undefined ? {} : { cursor });
  const m = useWords(topUpHistoryWords);
  const paging = foot(resource.data?.nextCursor);
  return (
    <Loaded resource={resource} part="top-up-history" title={m.history} rows={6} foot={paging}>
      {({ topUps }, asOf) => (
        <TopUpHistoryView
          topUps={topUps}
          receiptOf={(topUpId, name) => <ReceiptButton topUpId={topUpId} name={name} />}
          aside=<AsOf {...asOf} />
          aria-busy={resource.isFetching}
          foot={paging}
        />
      )}
    </Loaded>
  );
}

function ReceiptButton({ topUpId, name }: { topUpId: string } & Pick<ReceiptButtonViewProps, 'name'>) {
  const { state, url, open } = useTopUpReceipt(topUpId);
  return <ReceiptButtonView name={name} state={state} url={url} onOpen={open} />;
}

'use client';
import { useUsageSummary } from '../hooks/use-usage-summary.ts';
import { usageWords } from '../i18n/usage.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Card } from '../parts/card.tsx';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { localError } from '../provider/read-error.ts';
import { useWords } from '../provider/use-words.ts';
import { UsageMeterView } from './usage-meter-view.tsx';

export interface UsageMeterProps {
  /** Event name of one meter; left out: all meters that the host shows. */
  meter?: string;
}

/** Meters in the current billing period, in a card. Loading, error, empty and stale states included. */
export function UsageMeter({ meter }: UsageMeterProps) {
  const resource = useUsageSummary();
  const m = useWords(usageWords);
  return (
    <Loaded resource={resource} part="usage-meters" title={m.thisPeriod} rows={7}>
      {(data, asOf) => {
        const meters = data.meters.filter(({ meter: { eventName } }) => !meter || eventName === meter);
        return (
          <Card part="usage-meters" title={m.thisPeriod} aside=<AsOf {...asOf} />>
            {meters.length ? null : meter && data.meters.length ? (
              <ErrorNotice error={localError('unknown_meter')} />
            ) : (
              <p data-mb="empty">{m.usageEmpty}</p>
            )}
            {meters.map((usage) => (
              <UsageMeterView key={usage.meter.eventName} usage={usage} />
            ))}
          </Card>
        );
      }}
    </Loaded>
  );
}

'use client';
import { formatSpan } from '../format/dates.ts';
import { useUsageSummary } from '../hooks/use-usage-summary.ts';
import { figureWords } from '../i18n/usage-figures.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { UsageSummaryView } from './usage-summary-view.tsx';

/** All meters in the current billing period, side by side, in a card. Loading, error, empty and stale states included. */
export function UsageSummary() {
  const { language, timeZone } = useMeterboard();
  const m = useWords(figureWords);
  const resource = useUsageSummary();
  return (
    <Loaded resource={resource} part="usage-summary" title={m.summary} rows={4}>
      {({ meters }, asOf) => {
        const [span, ...others] = new Set(
          meters.flatMap(({ period }) => (period ? [formatSpan(period, language, timeZone)] : [])),
        );
        const title = span && others.length === 0 ? `${m.summary}, ${span}` : m.summary;
        return (
          <Card part="usage-summary" title={title} aside=<AsOf {...asOf} />>
            {meters.length ? (
              <div data-mb="summary-cards">
                {meters.map((usage) => (
                  <UsageSummaryView key={usage.meter.eventName} usage={usage} />
                ))}
              </div>
            ) : (
              <p data-mb="empty">{m.summaryEmpty}</p>
            )}
          </Card>
        );
      }}
    </Loaded>
  );
}

'use client';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { useUsageCost } from '../hooks/use-usage-cost.ts';
import { costWords } from '../i18n/usage-cost.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { CostBreakdownView } from './cost-breakdown-view.tsx';

export interface CostBreakdownProps {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
}

/** What usage costs in the current billing period, part by part, in a card. Loading, error, empty and stale states included. */
export function CostBreakdown({ meters }: CostBreakdownProps) {
  const { locale } = useMeterboard();
  const m = useWords(costWords);
  const resource = useUsageCost({ meters });
  return (
    <Loaded resource={resource} part="cost-breakdown" title={m.cost} rows={4}>
      {(data, asOf) => (
        <Card part="cost-breakdown" title={m.cost} aside=<AsOf {...asOf} />>
          {data.meters.length ? (
            <>
              <p>
                <strong data-mb="figure">
                  {joinFacts(...data.totals.map((total) => formatMoney(total, locale)))}
                </strong>
                <span data-mb="sub">{m.costNote}</span>
              </p>
              <div data-mb="costs">
                {data.meters.map((cost) => (
                  <CostBreakdownView key={`${cost.meter.eventName} ${cost.total.currency}`} cost={cost} />
                ))}
              </div>
            </>
          ) : (
            <p data-mb="empty">{m.costEmpty}</p>
          )}
        </Card>
      )}
    </Loaded>
  );
}

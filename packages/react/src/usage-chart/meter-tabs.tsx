'use client';
import { type ReactNode, useState } from 'react';
import { useMeters } from '../hooks/use-meters.ts';
import { usageWords } from '../i18n/usage.ts';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useWords } from '../provider/use-words.ts';

export interface MeterTabsProps {
  /** What stands below the tabs for the meter of that event name. */
  children(meter: string): ReactNode;
}

/** All meters that the host shows, one tab each, in a card. Loading, error and empty states included. */
export function MeterTabs({ children }: MeterTabsProps) {
  const m = useWords(usageWords);
  const resource = useMeters();
  const [chosen, choose] = useState<string>();
  return (
    <Loaded resource={resource} part="usage" title={m.usage} rows={3}>
      {({ meters }) => {
        const selected = meters.find(({ eventName }) => eventName === chosen) ?? meters[0];
        return (
          <Card part="usage" title={m.usage} hideTitle={meters.length > 0}>
            {selected ? (
              <Tabs
                label={m.meters}
                tabs={meters.map(({ eventName, label }) => ({ id: eventName, label }))}
                selected={selected.eventName}
                onSelect={choose}
              >
                {children(selected.eventName)}
              </Tabs>
            ) : (
              <p data-mb="empty">{m.usageEmpty}</p>
            )}
          </Card>
        );
      }}
    </Loaded>
  );
}

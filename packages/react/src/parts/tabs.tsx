'use client';
import { type KeyboardEvent, type ReactNode, useId } from 'react';

export interface TabsProps {
  /** Names the tab list. */
  label: string;
  tabs: { id: string; label: string }[];
  selected: string;
  onSelect: (id: string) => void;
  /** The panel of the selected tab. */
  children: ReactNode;
}

/**
 * A few choices, one at a time. Renders a `tablist` and its `tabpanel`. Arrow keys, Home and End move and select;
 * one stop in the tab order.
 */
export function Tabs({ label, tabs, selected, onSelect, children }: TabsProps) {
  const base = useId();
  const selectedIndex = tabs.findIndex(({ id }) => id === selected);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const targets: Record<string, number> = {
      ArrowRight: selectedIndex + forward,
      ArrowLeft: selectedIndex - forward,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = (target + tabs.length) % tabs.length;
    onSelect(tabs[next]?.id ?? selected);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <>
      <div data-mb="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={base + index}
            aria-selected={tab.id === selected}
            aria-controls={`${base}panel`}
            tabIndex={tab.id === selected ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div data-mb="tab-panel" role="tabpanel" id={`${base}panel`} aria-labelledby={base + selectedIndex}>
        {children}
      </div>
    </>
  );
}

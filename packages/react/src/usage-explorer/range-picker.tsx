'use client';
import type { UsageRange } from '@meterboard/contract';
import { useId, useState } from 'react';
import { formatBucketLong } from '../format/bucket-name.ts';
import { formatExact } from '../format/quantity.ts';
import { addDays, dayIn, recentMonths, startOfDay } from '../format/zone.ts';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { maxDays } from './explorer-state.ts';

export interface RangePickerProps {
  range: UsageRange;
  onChange: (range: UsageRange) => void;
  /** The server's clock: which month is the present one, and which day is today. */
  nowMs: number;
  /** Why the server does not show this range, in words; marks the picker. */
  error?: string | null;
}

const choices = ['period', 'previous_period', 'last7', 'last30', 'last90', 'month', 'between'] as const;
type Choice = (typeof choices)[number];

const lastDays: Partial<Record<Choice, number>> = { last7: 7, last30: 30, last90: 90 };

function choiceOf(range: UsageRange): Choice {
  if (range.kind !== 'last') return range.kind;
  return choices.find((one) => lastDays[one] === range.days) ?? 'between';
}

/**
 * Which time to look at, in the customer's zone: a billing period, the last days, a month, or from one day to another,
 * both included. Renders native controls; days that make no range are said to be so and change nothing.
 */
export function RangePicker({ range, onChange, nowMs, error }: RangePickerProps) {
  const { language, timeZone } = useMeterboard();
  const m = useWords(explorerWords);
  const id = useId();
  const choice = choiceOf(range);
  const months = recentMonths(nowMs, timeZone, 13);
  const today = dayIn(nowMs, timeZone);
  const choose = (next: Choice) => {
    const days = lastDays[next];
    if (days !== undefined) onChange({ kind: 'last', days });
    else if (next === 'month') onChange({ kind: 'month', month: months[0] ?? '' });
    else if (next === 'between') onChange(betweenOf(addDays(today, -13), today, timeZone));
    else onChange({ kind: next === 'previous_period' ? next : 'period' });
  };
  return (
    <div data-mb="range-picker">
      <label data-mb="field" htmlFor={`${id}r`}>
        {m.range}
        <select
          id={`${id}r`}
          data-mb="select"
          value={choice}
          {...(error ? { 'aria-invalid': true, 'aria-describedby': `${id}e` } : {})}
          onChange={({ target }) => choose(choices.find((one) => one === target.value) ?? 'period')}
        >
          {choices.map((one) => (
            <option key={one} value={one}>
              {m.ranges[one]}
            </option>
          ))}
        </select>
      </label>
      {range.kind === 'month' ? (
        <label data-mb="field" htmlFor={`${id}m`}>
          {m.month}
          <select
            id={`${id}m`}
            data-mb="select"
            value={range.month}
            onChange={({ target }) => onChange({ kind: 'month', month: target.value })}
          >
            {[...new Set([range.month, ...months])]
              .sort()
              .reverse()
              .map((month) => (
                <option key={month} value={month}>
                  {formatBucketLong(Date.parse(`${month}-01T00:00:00Z`), 'month', language, 'UTC')}
                </option>
              ))}
          </select>
        </label>
      ) : null}
      {choice === 'between' ? (
        <Days {...daysIn(range, timeZone, today)} {...{ id, today, timeZone, onChange }} />
      ) : null}
      {error ? (
        <p data-mb="problem" id={`${id}e`} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}

interface DaysProps {
  id: string;
  first: string;
  last: string;
  today: string;
  timeZone: string;
  onChange: (range: UsageRange) => void;
}

function Days({ id, today, timeZone, onChange, ...given }: DaysProps) {
  const { locale } = useMeterboard();
  const m = useWords(explorerWords);
  const [{ first, last, from }, setDays] = useState({ ...given, from: given });
  // The range has changed from outside, by a link or a button: what was typed before is gone.
  if (from.first !== given.first || from.last !== given.last) setDays({ ...given, from: given });
  const days = daysFrom(first, last);
  const problem = Number.isNaN(days)
    ? m.dayMissing
    : days < 1
      ? m.rangeInverted
      : days > maxDays
        ? m.rangeTooLong(formatExact(String(maxDays), locale))
        : null;
  const change = (next: { first: string; last: string }) => {
    setDays({ ...next, from: given });
    const length = daysFrom(next.first, next.last);
    if (length >= 1 && length <= maxDays) onChange(betweenOf(next.first, next.last, timeZone));
  };
  const invalid = problem ? { 'aria-invalid': true, 'aria-describedby': `${id}p` } : {};
  return (
    <>
      <label data-mb="field" htmlFor={`${id}f`}>
        {m.from}
        <input
          id={`${id}f`}
          data-mb="select"
          type="date"
          value={first}
          max={today}
          onChange={({ target }) => change({ first: target.value, last })}
          {...invalid}
        />
      </label>
      <label data-mb="field" htmlFor={`${id}t`}>
        {m.to}
        <input
          id={`${id}t`}
          data-mb="select"
          type="date"
          value={last}
          max={today}
          onChange={({ target }) => change({ first, last: target.value })}
          {...invalid}
        />
      </label>
      <p data-mb="problem" id={`${id}p`} role="alert">
        {problem}
      </p>
    </>
  );
}

/** How many days there are from one to another, both included; `NaN` where one of them is none. */
function daysFrom(first: string, last: string): number {
  return (startOfDay(last, 'UTC') - startOfDay(first, 'UTC')) / 86_400_000 + 1;
}

function betweenOf(first: string, last: string, timeZone: string): UsageRange {
  return {
    kind: 'between',
    startMs: startOfDay(first, timeZone),
    endMs: startOfDay(addDays(last, 1), timeZone),
  };
}

function daysIn(range: UsageRange, timeZone: string, today: string): { first: string; last: string } {
  if (range.kind === 'between')
    return { first: dayIn(range.startMs, timeZone), last: dayIn(range.endMs - 1, timeZone) };
  return { first: addDays(today, 1 - (range.kind === 'last' ? range.days : 14)), last: today };
}

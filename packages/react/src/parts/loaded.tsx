'use client';
import { type ReactNode, useContext } from 'react';
import type { Resource } from '../hooks/use-resource.ts';
import { baseWords } from '../i18n/base.ts';
import { FedContext } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import type { AsOfProps } from './as-of.tsx';
import { Card } from './card.tsx';
import { ErrorNotice } from './error-notice.tsx';

export interface LoadedProps<T> {
  resource: Resource<T>;
  /** Card to show the states in; left out inside a card that is already there. */
  part?: string;
  title?: ReactNode;
  /** Rows that the skeleton holds open while loading. */
  rows: number;
  /** Below an error: another way out, e.g. paging. */
  foot?: ReactNode;
  /** The view. `asOf` is left out below a dashboard, which says it for all, unless this part alone failed. */
  children: (data: T, asOf: AsOfProps | undefined) => ReactNode;
}

const unhelpful = new Set(['not_signed_in', 'not_allowed', 'customer_not_found', 'not_found']);

/** The states before and beside data: a skeleton of the same size, an error with a way out, or the view. */
export function Loaded<T>({ resource, part, title, rows, foot, children }: LoadedProps<T>) {
  const m = useWords(baseWords);
  const fed = useContext(FedContext);
  const { data, error, isFetching, refetch } = resource;
  if (data !== undefined) return children(data, fed && !error ? undefined : resource);
  const state = error ? (
    <ErrorNotice
      error={error}
      isFetching={isFetching}
      refetch={unhelpful.has(error.code) ? undefined : refetch}
    />
  ) : (
    <Skeleton label={fed ? undefined : m.loading} rows={rows} />
  );
  if (!part) return state;
  return (
    <Card part={part} title={title} aria-busy={!error}>
      {state}
      {error ? foot : null}
    </Card>
  );
}

const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Holds the place of what is coming, and announces `label`; without one a dashboard has done so for all. */
export function Skeleton({ label, rows }: { label?: string; rows: number }) {
  return (
    <div data-mb="skeleton" role={label && 'status'}>
      <span data-mb="hidden">{label}</span>
      {lines.slice(0, rows).map((line) => (
        <i key={line} data-line={line} aria-hidden="true" />
      ))}
    </div>
  );
}

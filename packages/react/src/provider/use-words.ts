'use client';
import { useMemo } from 'react';
import { useMeterboard } from './meterboard-context.ts';

/** A feature's English words, with those in place that the host replaced. */
export function useWords<Words extends object>(english: Words): Words {
  const { messages } = useMeterboard();
  return useMemo(() => ({ ...english, ...messages }), [english, messages]);
}

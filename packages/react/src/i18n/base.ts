import type { PublicError } from '@meterboard/contract';

/** What every component may have to say: loading, errors, ages. */
export const baseWords = {
  /** BCP 47: the language of these words, and of the weekdays, months and ages among them. */
  language: 'en',
  loading: 'Loading',
  retry: 'Try again',
  retrying: 'Trying again…',
  updated: (age: string) => `Updated ${age}`,
  outdated: (age: string) => `Last updated ${age}`,
  /** By code; for the others the server's words are shown. */
  errors: {
    provider_unavailable: 'Billing data cannot be reached. Try again in a moment.',
    unknown_meter: 'There is no such meter.',
    conflict: 'Something changed. Reload the page.',
    internal: 'The server failed.',
  } as Partial<Record<PublicError['code'], string>>,
};

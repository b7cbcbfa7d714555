'use client';
import type { SavedCardAnswer } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** The card that one click charges. Read only while `enabled`, so that nobody's card is looked up without a reason. */
export function useSavedCard({ enabled = true } = {}): Resource<SavedCardAnswer> {
  return useResource({
    name: 'savedCard',
    call: (client) => client.topUps.savedCard.query(undefined),
    enabled,
  });
}

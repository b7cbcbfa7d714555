import type { PayWith } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { listWays } from './list-ways.ts';

describe('listWays', () => {
  it.each<[PayWith[], boolean, PayWith[]]>([
    [[], false, ['hosted_page']],
    [['hosted_page'], true, ['hosted_page']],
    [['saved_card'], false, ['saved_card', 'hosted_page']],
    [['embedded_page'], false, ['hosted_page']],
    [['embedded_page'], true, ['embedded_page']],
    [['saved_card', 'embedded_page', 'hosted_page'], true, ['saved_card', 'embedded_page']],
    [['saved_card', 'embedded_page', 'hosted_page'], false, ['saved_card', 'hosted_page']],
    [['hosted_page', 'saved_card'], true, ['hosted_page', 'saved_card']],
  ])('of %j, where embedding is possible: %s, offers %j', (offered, canEmbed, ways) => {
    expect(listWays(offered, canEmbed)).toEqual(ways);
  });
});

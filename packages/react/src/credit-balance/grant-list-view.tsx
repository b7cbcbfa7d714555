'use client';
import type { CreditGrant } from '@meterboard/contract';
import { formatDay } from '../format/dates.ts';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { grantWords } from '../i18n/grants.ts';
import { Card, type CardProps } from '../parts/card.tsx';
import { Tag } from '../parts/tag.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface GrantListViewProps extends Omit<CardProps, 'part' | 'title'> {
  /** In the order in which they are used; depleted, expired and voided ones behind. */
  grants: CreditGrant[];
}

/** Which credits exist and which are used first. Renders a `<section>` with an ordered list. Styling: `data-state` on each grant. */
export function GrantListView({ grants, ...rest }: GrantListViewProps) {
  const m = useWords(grantWords);
  const usable = grants.filter(({ state }) => !m.grantState[state]);
  const former = grants.filter(({ state }) => m.grantState[state]);
  /** Each currency is spent for itself. */
  const nextIn = (currency: string) =>
    usable.find(
      ({ state, cannotPayCurrentPeriod: cannot, granted }) =>
        state === 'active' && !cannot && granted.currency === currency,
    );
  return (
    <Card part="grants" title={m.grants} {...rest}>
      {grants.length ? null : <p data-mb="empty">{m.grantsEmpty}</p>}
      <ol data-mb="grant-list">
        {usable.map((grant) => (
          <Grant key={grant.grantId} grant={grant} isNext={grant === nextIn(grant.granted.currency)} />
        ))}
      </ol>
      {former.length ? (
        <details data-mb="former">
          <summary>{m.formerGrants}</summary>
          <ol data-mb="grant-list">
            {former.map((grant) => (
              <Grant key={grant.grantId} grant={grant} isNext={false} />
            ))}
          </ol>
        </details>
      ) : null}
    </Card>
  );
}

function Grant({ grant, isNext }: { grant: CreditGrant; isNext: boolean }) {
  const { locale, language, timeZone } = useMeterboard();
  const m = useWords(grantWords);
  const { state, category, spokenFor, expiresAtMs, coversUsageUntilMs: untilMs } = grant;
  const gone = m.grantState[state];
  const day = (atMs: number) => formatDay(atMs, language, timeZone, { year: true });
  const facts = joinFacts(
    m.category[category],
    state === 'upcoming' && m.startsOn(day(grant.effectiveAtMs)),
    !gone &&
      (grant.cannotPayCurrentPeriod ? m.notThisPeriod : untilMs !== null && m.coversUntil(day(untilMs - 1))),
    !gone && expiresAtMs === null && m.noExpiry,
    spokenFor.amountMinor > 0 && m.spokenFor(formatMoney(spokenFor, locale)),
  );
  const tag = isNext ? m.usedNext : (gone ?? (expiresAtMs !== null && m.expires(day(expiresAtMs))));
  return (
    <li data-mb="grant" data-state={state}>
      <span>{grant.name ?? m.grantName[category]}</span>
      <span data-mb="number">{formatMoney(gone ? grant.granted : grant.ledgerRemaining, locale)}</span>
      <span data-mb="sub">{facts}</span>
      {tag ? <Tag tone={isNext ? 'ok' : undefined}>{tag}</Tag> : null}
    </li>
  );
}

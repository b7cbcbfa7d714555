import type { RawCreditGrant, RawDocument, RawDocumentLine } from '../gateway.ts';
import { compareGrants, type LedgerGrant } from './grant-order.ts';

/** What one document takes from one grant. */
export interface Take {
  grantId: string;
  takenMinor: number;
}

/** A document with the credits that it can really have, once everything before it has had its share. */
export interface AllocatedDocument {
  document: RawDocument;
  takes: Take[];
  /** Sum of `takes`. */
  creditMinor: number;
  /** Metered amounts of the document that no credit takes. */
  notCoveredMinor: number;
}

/**
 * Hands out credits once. The provider shows on every draft and preview the credits that it would take if it were
 * alone; here drafts come first, then upcoming documents, each by period end, and each metered line takes what is
 * left of the grants that are eligible for its document. The order of the arguments' entries does not matter.
 */
export function allocateCredits(
  documents: readonly RawDocument[],
  grants: readonly LedgerGrant[],
): AllocatedDocument[] {
  const usable = grants
    .filter(({ state }) => state === 'active' || state === 'upcoming')
    .toSorted((a, b) => compareGrants(a.grant, b.grant));
  const leftMinor = new Map(usable.map(({ grant, ledgerMinor }) => [grant.grantId, ledgerMinor]));

  return documents.toSorted(compareDocuments).map((document) => {
    const eligible = usable.map(({ grant }) => grant).filter((grant) => isEligible(grant, document));
    const takes = new Map<string, number>();
    let notCoveredMinor = 0;
    for (const line of document.lines) {
      let openMinor = line.meterId !== null ? Math.max(0, line.netAmountMinor) : 0;
      for (const grant of eligible) {
        const takenMinor = Math.min(
          openMinor,
          paysFor(grant, line) ? (leftMinor.get(grant.grantId) ?? 0) : 0,
        );
        if (takenMinor === 0) continue;
        openMinor -= takenMinor;
        leftMinor.set(grant.grantId, (leftMinor.get(grant.grantId) ?? 0) - takenMinor);
        takes.set(grant.grantId, (takes.get(grant.grantId) ?? 0) + takenMinor);
      }
      notCoveredMinor += openMinor;
    }
    const list = [...takes].map(([grantId, takenMinor]) => ({ grantId, takenMinor }));
    const creditMinor = list.reduce((sum, { takenMinor }) => sum + takenMinor, 0);
    return { document, takes: list, creditMinor, notCoveredMinor };
  });
}

/** `effective_at ≤ period_end < expires_at`, in the document's currency. */
function isEligible(grant: RawCreditGrant, document: RawDocument): boolean {
  return (
    grant.amount.currency === document.currency &&
    grant.effectiveAtMs <= document.periodEndMs &&
    (grant.expiresAtMs === null || document.periodEndMs < grant.expiresAtMs)
  );
}

function paysFor(grant: RawCreditGrant, line: RawDocumentLine): boolean {
  if (grant.priceIds === null) return true;
  return line.priceId !== null && grant.priceIds.includes(line.priceId);
}

function compareDocuments(a: RawDocument, b: RawDocument): number {
  return (
    Number(a.kind === 'preview') - Number(b.kind === 'preview') ||
    a.periodEndMs - b.periodEndMs ||
    a.createdAtMs - b.createdAtMs ||
    (a.documentId < b.documentId ? -1 : 1)
  );
}

import type Stripe from 'stripe';
import { allocateCredits } from '../billing/allocate-credits.ts';
import { entriesOfGrant } from '../billing/credit-ledger.ts';
import { isCredit } from '../billing/ledger-entry.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { object, oneOf, optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { scopeOf, scopeParam } from './credit-grant-routes.ts';
import { creditSources, type GrantState, grantsOf, requireGrant } from './credit-grants.ts';
import { requireCustomer } from './customers.ts';
import { creditable, draftsOf } from './invoices.ts';

interface GrantBalance {
  currency: string;
  ledgerMinor: number;
  availableMinor: number;
}

/** Ledger: entries effective by now. Available: the same less what drafts show, oldest draft first. */
function balancesOf(world: World, customerId: string, grants: readonly GrantState[]): GrantBalance[] {
  const onDrafts = takenByDrafts(world, customerId);
  return grants.map((grant) => {
    const ledgerMinor = entriesOfGrant(world, grant.id)
      .filter((entry) => entry.effectiveSec <= world.nowSec())
      .reduce((sum, entry) => sum + (isCredit(entry.kind) ? entry.amountMinor : -entry.amountMinor), 0);
    const availableMinor = Math.max(0, ledgerMinor - (onDrafts.get(grant.id) ?? 0));
    return { currency: grant.currency, ledgerMinor, availableMinor };
  });
}

function takenByDrafts(world: World, customerId: string): Map<string, number> {
  const taken = new Map<string, number>();
  for (const draft of draftsOf(world, customerId)) {
    const left = creditSources(world, customerId).map((source) => ({
      ...source,
      remainingMinor: source.remainingMinor - (taken.get(source.grantId) ?? 0),
    }));
    for (const { grantId, amountMinor } of allocateCredits(creditable(draft), left)) {
      taken.set(grantId, (taken.get(grantId) ?? 0) + amountMinor);
    }
  }
  return taken;
}

function toStripeSummary(customerId: string, balances: readonly GrantBalance[]) {
  const currencies = [...new Set(balances.map(({ currency }) => currency))].sort();
  return {
    object: 'billing.credit_balance_summary',
    balances: currencies.map((currency) => {
      const own = balances.filter((balance) => balance.currency === currency);
      const total = (pick: (balance: GrantBalance) => number) => ({
        monetary: { currency, value: own.reduce((sum, balance) => sum + pick(balance), 0) },
        type: 'monetary' as const,
      });
      return {
        available_balance: total((balance) => balance.availableMinor),
        ledger_balance: total((balance) => balance.ledgerMinor),
      };
    }),
    customer: customerId,
    customer_account: null,
    livemode: false,
  } satisfies Wire<Stripe.Billing.CreditBalanceSummary>;
}

function sameScope(grant: GrantState, priceIds: readonly string[] | null): boolean {
  if (priceIds === null || grant.priceIds === null) return priceIds === grant.priceIds;
  return priceIds.every((id) => grant.priceIds?.includes(id) === true);
}

export const creditBalanceSummaryRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/billing/credit_balance_summary',
    fidelity: 'exact',
    note: 'no customer accounts; a scope matches grants of the same scope only (assumption)',
    returns: { kind: 'billing.credit_balance_summary', list: false },
    params: {
      customer: optional(string()),
      filter: object({
        type: oneOf(['applicability_scope', 'credit_grant']),
        applicability_scope: optional(scopeParam),
        credit_grant: optional(string()),
      }),
    },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer === undefined) {
        throw invalidRequest('Missing required param: customer.', {
          code: 'parameter_missing',
          param: 'customer',
        });
      }
      const customer = requireCustomer(world, params.customer);
      const { type, applicability_scope: scope, credit_grant: grantId } = params.filter;
      if (type === 'credit_grant') {
        if (grantId === undefined) {
          throw invalidRequest('Missing required param: filter[credit_grant].', {
            code: 'parameter_missing',
            param: 'filter[credit_grant]',
          });
        }
        const grant = requireGrant(world, grantId, 'filter[credit_grant]');
        if (grant.customerId !== customer.id) {
          throw invalidRequest('The credit grant does not belong to the customer.', {
            param: 'filter[credit_grant]',
          });
        }
        return toStripeSummary(customer.id, balancesOf(world, customer.id, [grant]));
      }
      if (scope === undefined) {
        throw invalidRequest('Missing required param: filter[applicability_scope].', {
          code: 'parameter_missing',
          param: 'filter[applicability_scope]',
        });
      }
      const priceIds = scopeOf(world, scope, 'filter[applicability_scope]');
      const grants = grantsOf(world, customer.id).filter((grant) => sameScope(grant, priceIds));
      return toStripeSummary(customer.id, balancesOf(world, customer.id, grants));
    },
  }),
];

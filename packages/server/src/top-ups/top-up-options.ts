import type { CreditCategory, Money, PayWith } from '@meterboard/contract';

/** What becomes of a credit, whichever amount it has. */
export interface TopUpTermsOption {
  /** Calendar months from the day it is credited; left out: the credit does not expire. */
  expiresAfterMonths?: number;
  /** Default `paid`. Promotional credits are used before paid ones. */
  category?: CreditCategory;
  /** 0 is used first, 100 last; default 50. */
  priority?: number;
}

/** A package as the host configures it. */
export interface TopUpPackageOption extends TopUpTermsOption {
  /** Unique; stands in the browser's request and in the payment. 1..100 of [A-Za-z0-9_.-]. */
  id: string;
  /** Plain text, at most 100 characters. */
  label: string;
  price: Money;
  /** What is credited once paid, the bonus included. */
  credit: Money;
  /** How much of `credit` is a gift, for the page to say so: `credit` less `price` in the same currency, unless it is given here. */
  bonus?: Money;
}

/** Amounts of the customer's own, credited one to one. In minor units. */
export interface CustomTopUpOption extends TopUpTermsOption {
  currency: string;
  minimumMinor: number;
  maximumMinor: number;
  /** Amounts are multiples of it; default 1 whole unit of the currency. */
  stepMinor: number;
  /** What the customer reads on the payment page; default "Credits". */
  label?: string;
}

/** Left out of the options, nothing can be bought. */
export interface TopUpOptions {
  packages: readonly TopUpPackageOption[];
  custom?: CustomTopUpOption;
  /** The ways to pay that customers have, best first. Default: the saved card where there is one, and the payment page. */
  payWith?: readonly PayWith[];
  /** Where the payment page returns to when the browser names no address. */
  returnUrl?: string;
  /** Origins that a browser may name besides the one it asked from ("https://app.example"). */
  allowedReturnOrigins?: readonly string[];
  /** What customers agree to by paying. Plain text, and an https address. */
  conditions?: { text?: string; url?: string };
  /** Let Stripe add the tax on the payment page (Stripe Tax has to be set up). Not for saved cards. Default false. */
  automaticTax?: boolean;
  /** Let customers enter promotion codes on the payment page. The credit keeps its full value. Default false. */
  promotionCodes?: boolean;
  /** Have the payment page make an invoice, which then is the receipt. Default false. */
  invoices?: boolean;
  /** Offer on the payment page to keep the card for one-click top-ups. Default true where `payWith` has `saved_card`. */
  offerToSaveCard?: boolean;
}

/** The options, checked, with every default filled in. */
export interface ResolvedTopUps {
  packages: readonly (TopUpPackageOption &
    Required<Pick<TopUpPackageOption, 'bonus' | 'category' | 'priority'>>)[];
  custom: (CustomTopUpOption & Required<Pick<CustomTopUpOption, 'label' | 'category' | 'priority'>>) | null;
  payWith: readonly PayWith[];
  returnUrl: string | undefined;
  allowedReturnOrigins: readonly string[];
  conditions: { text: string | null; url: string | null } | null;
  automaticTax: boolean;
  promotionCodes: boolean;
  invoices: boolean;
  offerToSaveCard: boolean;
}

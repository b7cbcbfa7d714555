import type Stripe from 'stripe';

type Leaf = string | number | boolean | null | undefined;

/**
 * What travels for an SDK type: the same keys, with decimals as strings. Serialisers are held to it with
 * `satisfies Wire<Stripe.X>`, so a field that a newer SDK requires fails to compile here.
 */
export type Wire<T> = T extends Stripe.Decimal
  ? string
  : T extends Leaf
    ? T
    : T extends ReadonlyArray<infer Item>
      ? Array<Wire<Item>>
      : { [Key in keyof T]: Wire<T[Key]> };

/** A serialised object: plain JSON, safe to mutate. */
export type Json = Record<string, unknown>;

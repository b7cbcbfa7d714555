import type { Stripe } from '@stripe/stripe-js';

/**
 * The same Stripe.js, which tells whether the page that it is asked for comes: the provider component that asks
 * leaves a refusal unhandled. A page that was refused never comes.
 */
export function watchPage(stripe: Stripe, onEnd: (isThere: boolean) => void): Stripe {
  const createEmbeddedCheckoutPage: Stripe['createEmbeddedCheckoutPage'] = async (options) => {
    try {
      const page = await stripe.createEmbeddedCheckoutPage(options);
      onEnd(true);
      return page;
    } catch {
      onEnd(false);
      return new Promise(() => undefined);
    }
  };
  return new Proxy(stripe, {
    get(target, name) {
      if (name === 'createEmbeddedCheckoutPage') return createEmbeddedCheckoutPage;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

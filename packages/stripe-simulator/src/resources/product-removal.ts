import { emit } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { type Route, route } from '../protocol/router.ts';
import { prices } from './prices.ts';
import { products, requireProduct, toStripeProduct } from './products.ts';

export const productRemovalRoutes: Route[] = [
  route({
    method: 'DELETE',
    path: '/v1/products/:id',
    fidelity: 'exact',
    handle(world, _params, { id }) {
      const product = requireProduct(world, id, 'id');
      if (
        prices(world)
          .oldestFirst()
          .some(({ productId }) => productId === id)
      ) {
        throw invalidRequest(
          'This product cannot be deleted because it has one or more user-created prices.',
        );
      }
      products(world).put({ ...product, deleted: true });
      emit(world, { type: 'product.deleted', object: toStripeProduct(product) });
      return { id, object: 'product', deleted: true };
    },
  }),
];

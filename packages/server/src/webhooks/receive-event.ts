import { BillingError } from '@meterboard/contract';
import type { EventGateway, RawProviderEvent } from '../gateway.ts';
import { readBody, wasParsed } from '../http/read-body.ts';
import { refuse, refuseMethod, withHeaders } from '../http/refuse.ts';
import { describeCause, type Logger } from '../logger.ts';
import { createQuietLog } from './quiet-log.ts';
import { type EventInbox, storeEvent } from './store-event.ts';

/** The longest delivery that is read. Stripe's largest events, invoices with many lines, are well below. */
export const maxDeliveryBytes = 1_000_000;

/** What listening needs. */
export interface EventReceiverParts {
  events: Pick<EventGateway, 'readDelivery'>;
  /** The signing secrets in force; none: nothing is listened to. */
  secrets: readonly string[];
  /** Whether this account moves real money; `null`: not known. */
  livemode: boolean | null;
  /** The open store and its jobs. Rejects while they are out of reach. */
  openInbox(): Promise<EventInbox>;
  nowMs(): number;
  logger: Logger;
}

/**
 * Answers the provider's deliveries, snapshot and thin alike: checks the signature, stores the event with its job,
 * and only then acknowledges. Handling comes later; nothing here calls the provider. What is not stored is not
 * acknowledged (503, the provider tries again); what is not signed is refused (400) and leaves one line in the log
 * per minute, whoever floods. Never rejects.
 */
export function createEventReceiver(parts: EventReceiverParts): (request: Request) => Promise<Response> {
  const log = createQuietLog(parts.logger, parts.nowMs);

  const refuseDelivery = (status: 400 | 404 | 413, words: string, cause?: unknown): Response => {
    const says = cause ? { says: describeCause(cause).message } : {};
    log.say(`refused ${status}`, 'warn', `An event was refused. ${words}`, says);
    return refuse(status, status === 404 ? 'not_found' : 'invalid_input', words);
  };

  const read = async (request: Request): Promise<RawProviderEvent | Response> => {
    if (wasParsed(request)) return refuseDelivery(400, bodyWasRead);
    const body = await readBody(request, maxDeliveryBytes);
    if (body instanceof Response) {
      const { status } = body;
      log.say(`refused ${status}`, 'warn', 'An event was refused: its body is too long, or broke off.', {
        status,
      });
      return body;
    }
    const { events, secrets, nowMs } = parts;
    const signature = request.headers.get('stripe-signature');
    try {
      return await events.readDelivery({ body, signature, secrets, nowMs: nowMs() });
    } catch (error) {
      if (!(error instanceof BillingError) || error.code !== 'invalid_input') throw error;
      return refuseDelivery(400, error.message, error.cause);
    }
  };

  const store = async (event: RawProviderEvent): Promise<Response> => {
    try {
      const { livemode, nowMs } = parts;
      const inbox = await parts.openInbox();
      await storeEvent(inbox, { event, origin: 'delivery', nowMs: nowMs(), livemode });
      return acknowledge();
    } catch (error) {
      const isAcknowledged = event.type === holdsInvoicesBack;
      log.say('not stored', 'error', notStored(isAcknowledged), {
        type: event.type,
        cause: describeCause(error),
      });
      return isAcknowledged
        ? acknowledge()
        : refuse(503, 'provider_unavailable', 'The event could not be stored.');
    }
  };

  return async (request) => {
    try {
      if (request.method !== 'POST') return refuseMethod('Events are posted here.', 'POST');
      if (parts.secrets.length === 0) return refuseDelivery(404, noSecrets);
      const event = await read(request);
      return event instanceof Response ? event : await store(event);
    } catch (error) {
      log.say('failed', 'error', 'An event could not be read.', { cause: describeCause(error) });
      return refuse(500, 'internal');
    }
  };
}

/** An invoice is not finalised before its subscribers have answered this one: bills must not wait for our store. */
const holdsInvoicesBack = 'invoice.created';

const bodyWasRead =
  "The body was read before Meterboard saw it, and a signature fits nothing but the bytes that were sent. Mount Meterboard before the body parser (before app.use(express.json())), give this path express.raw({ type: '*/*' }), or keep the bytes in request.rawBody. A fetch handler has to be given a request whose body nobody has read.";

const noSecrets =
  "No events are taken: webhooks.secrets is empty. Run 'npx meterboard setup' for the destinations and set the secrets that it prints.";

function notStored(isAcknowledged: boolean): string {
  return isAcknowledged
    ? 'An event could not be stored and is acknowledged all the same, since an invoice would wait for it.'
    : 'An event could not be stored and is not acknowledged: the provider sends it again.';
}

function acknowledge(): Response {
  return withHeaders(Response.json({ received: true }));
}

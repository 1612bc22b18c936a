import { clock } from '../../../lambdas/kit/clock.ts';
import { type Asked, Double, type Reply } from './double.ts';

/*
 * A payment provider as the Stripe API documents it:
 * - docs.stripe.com/api/idempotent_requests (the answer to a key is kept, 500 too; other parameters are an error; 24 hours at least)
 * - docs.stripe.com/error-low-level (409 while a request with the key is at work; what failed validation is not kept)
 * - docs.stripe.com/api/refunds/create and /list (form bodies, `metadata`, newest first)
 * - docs.stripe.com/error-codes (`charge_already_refunded`, `resource_missing`)
 */

export const SECRET_KEY = { token: 'sk_test_of_the_test' };

/** Keys may be forgotten from then on, and here they are. */
const KEPT_MS = 24 * 3_600_000;
const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'];
const FIELDS = /^(?:charge|payment_intent|amount|reason|metadata\[[\w-]{1,40}\])$/;

interface Charge {
  id: string;
  amount: number;
  refunded: number;
}
interface Refund {
  id: string;
  object: 'refund';
  charge: string;
  amount: number;
  status: string;
  metadata: Record<string, string>;
}

export class Payments extends Double {
  readonly charges = new Map<string, Charge>();
  readonly refunds: Refund[] = [];
  /** A key whose first request is still at work. */
  atWork: string | undefined;
  readonly #kept = new Map<string, { body: string; reply: Reply; at: number }>();

  charge(id: string, amount: number): void {
    this.charges.set(id, { id, amount, refunded: 0 });
  }

  /** Somebody there pays a charge back by hand. */
  byHand(id: string): void {
    const charge = this.charges.get(id);
    if (charge) this.#refund(charge, charge.amount - charge.refunded, {});
  }

  protected unauthorised(): Reply {
    return refused(401, 'invalid_request_error', undefined, 'Invalid API Key provided');
  }

  /** What it answered to a key it answers again, whatever that was. */
  protected override failure({ headers, body }: Asked): Reply {
    const reply = refused(500, 'api_error', undefined, 'An unknown error occurred');
    const key = headers['idempotency-key'] as string | undefined;
    if (key !== undefined) this.#kept.set(key, { body, reply, at: clock.now() });
    return reply;
  }

  protected answer(asked: Asked): Reply {
    const { method, path, headers, query } = asked;
    if (headers.authorization !== `Bearer ${SECRET_KEY.token}`) return this.unauthorised();
    if (path !== '/v1/refunds') return refused(404, 'invalid_request_error', undefined, 'Unrecognized URL');
    if (method === 'GET') {
      const found = this.refunds.filter(({ charge }) => charge === query.get('charge')).toReversed();
      const most = Number(query.get('limit') ?? 10);
      return {
        status: 200,
        body: { object: 'list', data: found.slice(0, most), has_more: found.length > most },
      };
    }
    if (headers['content-type'] !== 'application/x-www-form-urlencoded')
      return refused(400, 'invalid_request_error', 'parameter_missing', 'The body must be a form');
    const key = headers['idempotency-key'] as string | undefined;
    return key === undefined ? this.#create(asked) : this.#once(key, asked);
  }

  #once(key: string, asked: Asked): Reply {
    if (key.length > 255) return refused(400, 'idempotency_error', undefined, 'The key is too long');
    if (this.atWork === key) {
      this.atWork = undefined;
      return refused(409, 'idempotency_error', 'idempotency_key_in_use', 'Another request is at work');
    }
    const before = this.#kept.get(key);
    if (before && clock.now() - before.at < KEPT_MS) {
      if (before.body !== asked.body)
        return refused(400, 'idempotency_error', undefined, 'Keys can only be used with the same parameters');
      return { ...before.reply, headers: { 'idempotent-replayed': 'true' } };
    }
    const reply = this.#create(asked);
    this.#kept.set(key, { body: asked.body, reply, at: clock.now() });
    return reply;
  }

  #create({ body }: Asked): Reply {
    const form = new URLSearchParams(body);
    const unknown = [...form.keys()].find((name) => !FIELDS.test(name));
    if (unknown) return refused(400, 'invalid_request_error', 'parameter_unknown', `Unknown ${unknown}`);
    const reason = form.get('reason');
    if (reason !== null && !REASONS.includes(reason))
      return refused(400, 'invalid_request_error', 'parameter_invalid', 'Invalid reason');
    const charge = this.charges.get(form.get('charge') ?? '');
    if (!charge) return refused(404, 'invalid_request_error', 'resource_missing', 'No such charge');
    const left = charge.amount - charge.refunded;
    if (left === 0)
      return refused(400, 'invalid_request_error', 'charge_already_refunded', 'Already refunded');
    const amount = Number(form.get('amount') ?? left);
    if (!Number.isInteger(amount) || amount < 1 || amount > left)
      return refused(400, 'invalid_request_error', 'parameter_invalid_integer', 'Invalid amount');
    const metadata = [...form].flatMap(([name, value]) => {
      const field = /^metadata\[(.*)\]$/.exec(name)?.[1];
      return field === undefined ? [] : [[field, value]];
    });
    const refund = this.#refund(charge, amount, Object.fromEntries(metadata));
    this.effects.push(`refund ${refund.id} of ${amount}`);
    return { status: 200, body: refund };
  }

  #refund(charge: Charge, amount: number, metadata: Record<string, string>): Refund {
    charge.refunded += amount;
    const id = `re_${String(this.refunds.length + 1).padStart(6, '0')}`;
    const refund = {
      id,
      object: 'refund',
      charge: charge.id,
      amount,
      status: 'succeeded',
      metadata,
    } as const;
    this.refunds.push(refund);
    return refund;
  }
}

function refused(status: number, type: string, code: string | undefined, message: string): Reply {
  return { status, body: { error: { type, ...(code ? { code } : {}), message } } };
}

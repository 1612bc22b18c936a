import type { RequestRules } from '../../lambdas/contract/outside/request.ts';

interface Refund {
  id?: unknown;
  status?: unknown;
  metadata?: { signalbox?: unknown };
}

/**
 * Pays a charge back, in whole or in part. A key is kept for a day with its first answer, also where that was a failure: the refund
 * carries the key in its own metadata, so that it is found later than that, and behind a kept failure.
 */
export const refund: RequestRules = {
  repeats: { by: 'header', keptHours: 24 },
  request: ({ parameters: { charge, cents }, idempotencyKey }) => ({
    method: 'POST',
    path: '/v1/refunds',
    body: {
      form: {
        charge: String(charge),
        amount: Number(cents),
        reason: 'requested_by_customer',
        'metadata[signalbox]': idempotencyKey,
      },
    },
  }),
  refusals: ['there is no such charge', 'more than what is left of the charge', 'the refund failed'],
  reads: ({ status, json }) => {
    const { id, status: state, error } = (json ?? {}) as Refund & { error?: { code?: unknown } };
    if (status === 200 && typeof id === 'string') {
      if (state === 'pending' || state === 'succeeded') return { outcome: 'done', reference: id };
      if (state === 'failed' || state === 'canceled')
        return { outcome: 'not done', reason: 'the refund failed' };
    }
    if (error?.code === 'idempotency_key_in_use') return { outcome: 'at work' };
    if (error?.code === 'charge_already_refunded') return { outcome: 'already done' };
    if (error?.code === 'resource_missing') return { outcome: 'not done', reason: 'there is no such charge' };
    if (error?.code === 'parameter_invalid_integer')
      return { outcome: 'not done', reason: 'more than what is left of the charge' };
    return undefined;
  },
  find: {
    request: ({ parameters: { charge } }) => ({
      path: '/v1/refunds',
      query: { charge: String(charge), limit: 100 },
    }),
    reads: ({ json }, { idempotencyKey }) => {
      const { data, has_more: more } = (json ?? {}) as { data?: Refund[]; has_more?: unknown };
      if (!Array.isArray(data)) return undefined;
      const ours = data.find(({ metadata }) => metadata?.signalbox === idempotencyKey);
      if (ours) return { outcome: 'done', reference: String(ours.id) };
      return more === false ? { outcome: 'not done' } : undefined;
    },
  },
};

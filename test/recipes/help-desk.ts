import type { ApiAnswer, RequestRules } from '../../lambdas/contract/outside/request.ts';

const text = (value: unknown) => encodeURIComponent(String(value));

function ticketIn({ json }: ApiAnswer): { reference?: string } {
  const id = (json as { ticket?: { id?: unknown } } | undefined)?.ticket?.id;
  return typeof id === 'number' ? { reference: String(id) } : {};
}

/** Opens a ticket. The help desk keeps keys of new tickets for two hours. */
export const openTicket: RequestRules = {
  repeats: { by: 'header', keptHours: 2 },
  request: ({ parameters: { subject, message } }) => ({
    method: 'POST',
    path: '/api/v2/tickets.json',
    body: { json: { ticket: { subject, comment: { body: message } } } },
  }),
  reads: (answer) => (answer.status === 201 ? { outcome: 'done', ...ticketIn(answer) } : undefined),
};

/** Answers a ticket and solves it. Updates take no key: it stands in the update's own metadata, where the audits show it. */
export const answerTicket: RequestRules = {
  repeats: { by: 'lookup' },
  request: ({ parameters: { ticket, message, seenAt }, idempotencyKey }) => ({
    method: 'PUT',
    path: `/api/v2/tickets/${text(ticket)}.json`,
    body: {
      json: {
        ticket: {
          comment: { body: message, public: true },
          status: 'solved',
          metadata: { signalbox: idempotencyKey },
          // Nobody else has written since the automation read the ticket.
          ...(seenAt === undefined ? {} : { safe_update: true, updated_stamp: seenAt }),
        },
      },
    },
  }),
  refusals: ['the ticket was changed since it was read', 'there is no such ticket', 'the ticket is closed'],
  reads: (answer) => {
    if (answer.status === 200 && ticketIn(answer).reference) return { outcome: 'done', ...ticketIn(answer) };
    if (answer.status === 409)
      return { outcome: 'not done', reason: 'the ticket was changed since it was read' };
    if (answer.status === 404) return { outcome: 'not done', reason: 'there is no such ticket' };
    const { details } = (answer.json ?? {}) as { details?: { status?: unknown } };
    if (answer.status === 422 && details?.status)
      return { outcome: 'not done', reason: 'the ticket is closed' };
    return undefined;
  },
  find: {
    request: ({ parameters: { ticket } }) => ({
      path: `/api/v2/tickets/${text(ticket)}/audits.json`,
      query: { sort: '-created_at', 'page[size]': 100 },
    }),
    reads: ({ status, json }, { parameters: { ticket }, idempotencyKey }) => {
      if (status === 404) return { outcome: 'not done' };
      const { audits, meta } = (json ?? {}) as {
        audits?: { metadata?: { custom?: { signalbox?: unknown } } }[];
        meta?: { has_more?: boolean };
      };
      if (!Array.isArray(audits)) return undefined;
      if (audits.some(({ metadata }) => metadata?.custom?.signalbox === idempotencyKey))
        return { outcome: 'done', reference: String(ticket) };
      // A hundred updates since: a person looks.
      return meta?.has_more ? undefined : { outcome: 'not done' };
    },
  },
};

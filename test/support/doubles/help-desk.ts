import { clock } from '../../../lambdas/kit/clock.ts';
import { type Asked, Double, json, type Reply } from './double.ts';

/*
 * A help desk as the Zendesk Support API documents it:
 * - developer.zendesk.com/api-reference/introduction/requests (JSON only, 400 as text, 409, 422)
 * - developer.zendesk.com/api-reference/ticketing/introduction (`Idempotency-Key`, for the creation of tickets alone)
 * - developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets (closed tickets, `safe_update`, metadata)
 * - developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits (an audit for each update, with `metadata.custom`)
 * - developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/best-practices-for-avoiding-rate-limiting (429, `Retry-After`)
 */

export const AGENT = { user: 'agent@example.com/token', password: 'api-token' };

/** For so long a key is remembered. */
const KEPT_MS = 2 * 3_600_000;
const STATUSES = ['new', 'open', 'pending', 'hold', 'solved'];

interface Ticket {
  id: number;
  subject: string;
  status: string;
  updated_at: string;
  audits: { id: number; metadata: { custom: object; system: object }; events: object[] }[];
}

export class HelpDesk extends Double {
  readonly tickets = new Map<number, Ticket>();
  readonly #kept = new Map<string, { body: string; reply: Reply; at: number }>();

  /** A ticket that is there already. @returns what a reader knows it by */
  put(subject: string, status = 'open'): Ticket {
    const id = 101 + this.tickets.size;
    const ticket = { id, subject, status, updated_at: this.#stamp(), audits: [] };
    this.tickets.set(id, ticket);
    return ticket;
  }

  /** Somebody else works on it. */
  touch(id: number): void {
    const ticket = this.tickets.get(id);
    if (ticket) ticket.updated_at = new Date(Date.parse(ticket.updated_at) + 5000).toISOString();
  }

  protected unauthorised(): Reply {
    return { status: 401, body: { error: "Couldn't authenticate you" } };
  }

  protected answer(asked: Asked): Reply {
    const { user, password } = AGENT;
    const known = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    if (asked.headers.authorization !== known) return this.unauthorised();
    if (asked.headers.accept !== 'application/json') return text('Accept must be application/json');
    if (asked.method !== 'GET' && asked.headers['content-type'] !== 'application/json')
      return text('Content-Type must be application/json');
    const [, id, audits] = /^\/api\/v2\/tickets\/(\d+)(\/audits)?(?:\.json)?$/.exec(asked.path) ?? [];
    if (asked.method === 'POST' && /^\/api\/v2\/tickets(?:\.json)?$/.test(asked.path))
      return this.#once(asked);
    const ticket = this.tickets.get(Number(id));
    if (!ticket) return { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } };
    if (asked.method === 'GET' && audits) return this.#audits(ticket, asked);
    return asked.method === 'PUT' && !audits ? this.#update(ticket, asked) : { status: 405 };
  }

  #once(asked: Asked): Reply {
    const key = asked.headers['idempotency-key'] as string | undefined;
    const before = key === undefined ? undefined : this.#kept.get(key);
    if (before && clock.now() - before.at < KEPT_MS) {
      if (before.body !== asked.body) return { status: 400, body: { error: 'IdempotentRequestError' } };
      return { ...before.reply, headers: { 'x-idempotency-lookup': 'hit' } };
    }
    const reply = this.#create(asked);
    if (key !== undefined && reply.status === 201)
      this.#kept.set(key, { body: asked.body, reply, at: clock.now() });
    return { ...reply, headers: { 'x-idempotency-lookup': 'miss' } };
  }

  #create({ body }: Asked): Reply {
    const given = json(body)?.ticket as { subject?: unknown; comment?: { body?: unknown } } | undefined;
    const words = given?.comment?.body;
    if (typeof words !== 'string' || words === '') return invalid('base', 'Description: cannot be blank');
    const ticket = this.put(String(given?.subject ?? ''), 'new');
    this.effects.push(`ticket ${ticket.id} opened: ${words}`);
    return { status: 201, body: { ticket: { id: ticket.id, status: 'new' } } };
  }

  #update(ticket: Ticket, { body }: Asked): Reply {
    const given = json(body)?.ticket as Record<string, unknown> | undefined;
    if (!given) return text('no ticket was given');
    if (ticket.status === 'closed') return invalid('status', 'Status: closed prevents ticket update');
    if (given.status !== undefined && !STATUSES.includes(String(given.status)))
      return invalid('status', `Status: ${given.status} is not included in the list`);
    if (given.safe_update === true && given.updated_stamp !== ticket.updated_at)
      return {
        status: 409,
        body: { error: 'UpdateConflict', description: 'Safe Update prevented the update' },
      };
    const comment = given.comment as { body?: unknown; public?: unknown } | undefined;
    if (comment && (typeof comment.body !== 'string' || comment.body === ''))
      return invalid('base', 'Comment: cannot be blank');
    if (typeof given.status === 'string') ticket.status = given.status;
    this.touch(ticket.id);
    const custom = (given.metadata ?? {}) as object;
    const id = 9000 + ticket.audits.length;
    ticket.audits.push({ id, metadata: { custom, system: {} }, events: [{ type: 'Comment', ...comment }] });
    this.effects.push(`ticket ${ticket.id} answered: ${comment?.body}`);
    return { status: 200, body: { ticket: { id: ticket.id, status: ticket.status }, audit: { id } } };
  }

  #audits(ticket: Ticket, { query }: Asked): Reply {
    const size = Math.min(100, Number(query.get('page[size]') ?? 100));
    const sorted = query.get('sort') === '-created_at' ? ticket.audits.toReversed() : ticket.audits;
    const meta = { has_more: sorted.length > size };
    return { status: 200, body: { audits: sorted.slice(0, size), meta } };
  }

  #stamp(): string {
    return new Date(clock.now()).toISOString();
  }
}

function text(words: string): Reply {
  return { status: 400, headers: { 'content-type': 'text/plain' }, body: words };
}

function invalid(field: string, description: string): Reply {
  const details = { [field]: [{ description }] };
  return { status: 422, body: { error: 'RecordInvalid', description: 'Record validation errors', details } };
}

import type { ApiAnswer, RequestRules } from '../../lambdas/contract/outside/request.ts';

const CONTACTS = '/crm/v3/objects/contacts';
const byEmail = (email: unknown) => `${CONTACTS}/${encodeURIComponent(String(email))}`;

function contactIn({ json }: ApiAnswer): { id?: unknown; properties?: { signalbox_key?: unknown } } {
  return (json ?? {}) as { id?: unknown; properties?: { signalbox_key?: unknown } };
}

/**
 * Adds a contact. The address is unique there, so a second one is refused; `signalbox_key`, a property of the account's own, tells ours
 * from one that somebody else has added.
 */
export const addContact: RequestRules = {
  repeats: { by: 'lookup' },
  request: ({ parameters: { email, firstname, lastname }, idempotencyKey }) => ({
    method: 'POST',
    path: CONTACTS,
    body: { json: { properties: { email, firstname, lastname, signalbox_key: idempotencyKey } } },
  }),
  refusals: ['a value does not fit its property'],
  reads: (answer) => {
    const { id } = contactIn(answer);
    if (answer.status === 201 && typeof id === 'string') return { outcome: 'done', reference: id };
    if (answer.status === 409) return { outcome: 'already done' };
    if (answer.status === 400) return { outcome: 'not done', reason: 'a value does not fit its property' };
    return undefined;
  },
  find: {
    request: ({ parameters: { email } }) => ({
      path: byEmail(email),
      query: { idProperty: 'email', properties: 'email,signalbox_key' },
    }),
    reads: (answer, { idempotencyKey }) => {
      if (answer.status === 404) return { outcome: 'not done' };
      const { id, properties } = contactIn(answer);
      if (typeof id !== 'string') return undefined;
      return properties?.signalbox_key === idempotencyKey
        ? { outcome: 'done', reference: id }
        : { outcome: 'not done' };
    },
  },
};

/** Changes a contact. The same values a second time change nothing. */
export const changeContact: RequestRules = {
  repeats: { by: 'state' },
  request: ({ parameters: { email, phone } }) => ({
    method: 'PATCH',
    path: byEmail(email),
    query: { idProperty: 'email' },
    body: { json: { properties: { phone } } },
  }),
  refusals: ['there is no such contact', 'a value does not fit its property'],
  reads: (answer) => {
    const { id } = contactIn(answer);
    if (answer.status === 200 && typeof id === 'string') return { outcome: 'done', reference: id };
    if (answer.status === 404) return { outcome: 'not done', reason: 'there is no such contact' };
    if (answer.status === 400) return { outcome: 'not done', reason: 'a value does not fit its property' };
    return undefined;
  },
};

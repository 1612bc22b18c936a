/* What live tests post. */

export const REFUND = {
  // What people approve counts in the day's limit of its currency: it must leave room for what acts alone.
  small: {
    orderId: 'W2001',
    amount: '24.90',
    currency: 'EUR',
    text: 'I was charged twice for the same order. Please pay one charge back.',
  },
  large: {
    orderId: 'W2002',
    amount: '240.00',
    currency: 'USD',
    text: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
  },
  /** The rules grant 80 % of it. */
  partial: {
    orderId: 'W2003',
    amount: '500.00',
    currency: 'USD',
    text: 'I cancelled my order after it was shipped and sent the parcel back unopened.',
  },
  /** So much that two people have to approve it. */
  board: {
    orderId: 'W2004',
    amount: '12000.00',
    currency: 'USD',
    text: 'The machine arrived broken yesterday, its glass is in pieces. I want my money back.',
  },
};

/** No article answers it: a team is proposed, and that can be taken back. */
export const TICKET = {
  subject: 'Sponsoring',
  text: 'Would you sponsor the summer fair of our village school?',
};

/** The same body is the same item for a while: tests that want a new one say so. */
export function fresh<B extends { orderId: string }>(body: B): B {
  return { ...body, orderId: `W${Math.floor(Math.random() * 1e12).toString(36)}` };
}

/** The same request about another invoice, if it is about one: an invoice is posted alone once. */
export function freshInvoice<B extends object>(body: B): B {
  const { number } = (body as { invoice?: { number?: string } }).invoice ?? {};
  if (number === undefined) return body;
  const other = `${number}-${Math.floor(Math.random() * 1e9)}`;
  return JSON.parse(JSON.stringify(body).replaceAll(number, other)) as B;
}

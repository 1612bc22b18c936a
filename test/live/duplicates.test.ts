import { expect, it } from 'vitest';
import { EXAMPLES } from '../../automations/invoice/examples.ts';
import { callsFor, modelCalls, openPage, post, questionOf, reaches, say, words } from '../support/app.ts';

/* The same invoice as another mail, through the deployed house. */

it('asks about an invoice that came before, pays no model for it, and shows the first', {
  timeout: 400_000,
}, async () => {
  const { body } = EXAMPLES.find(({ expect: verdict }) => verdict === 'act') as {
    body: { invoice: object };
  };
  const number = `DUP-${crypto.randomUUID().slice(0, 8)}1`;
  const again = (text: string) => ({ ...body, text, invoice: { ...body.invoice, number } });
  const first = (await post('invoice', again('Our invoice, as data.'))).body;
  // The limits of the day may ask: then the first has a question.
  const { status } = await reaches(first.id, ['done', 'waiting_approval']);
  const before = await modelCalls();
  const second = (await post('invoice', again('A reminder: our invoice, once more.'))).body;
  const told = (await reaches(second.id, 'waiting_approval')) as Awaited<ReturnType<typeof reaches>> & {
    duplicateOf?: string;
  };

  expect(told.duplicateOf).toBe(first.id);
  expect(told.reasons).toContain('a duplicate: an earlier item is about the same');
  expect([await modelCalls(), told.lineage ?? []]).toEqual([before, []]);
  expect(await callsFor('accounts-payable', second.id)).toEqual([]);
  const question = await questionOf(second.id);
  const link = Object.values(question.links)[0] ?? '';
  const { page } = await openPage(link);
  expect(words(page)).toContain(`The earlier item: ${first.id.slice(-7)}`);
  expect(page.includes(`/console/approvals/${first.id}-g1`)).toBe(status === 'waiting_approval');

  // Taken back or rejected, it holds up nobody; the first still does.
  await say(link, 'reject', { comment: 'it is paid already' });
  await reaches(second.id, 'rejected');
  const third = (await post('invoice', again('Third reminder.'))).body;
  expect(await reaches(third.id, 'waiting_approval')).toMatchObject({ duplicateOf: first.id });
});

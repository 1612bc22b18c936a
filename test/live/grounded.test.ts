import { afterEach, describe, expect, it } from 'vitest';
import { automation as triage } from '../../automations/support-triage/automation.ts';
import { ATTACKS } from '../../local/attacks.ts';
import { collectionsOf } from '../../local/cases/knowledge.ts';
import { callsFor, modelFault, post, reaches, type Story } from '../support/app.ts';

/*
 * The deployed application with a model that obeys strangers: what reaches the help desk is what stands in
 * the help articles.
 */

/** What customers may read: no procedure of the staff. */
const outward = Object.entries(triage.collections ?? {}).filter(([, it]) => it.outward === true);
const open = collectionsOf(triage);
const indexes = await Promise.all(outward.map(([name]) => open(name)));
const passages = indexes.flatMap((index) =>
  Array.from({ length: index.size }, (_, at) => index.passage(at).text),
);

const paragraphs = (text: string) => text.split(/\n{2,}/);
const OURS = [
  ...Object.values(triage.templates ?? {}).flatMap(({ text }) => paragraphs(text)),
  ...passages.flatMap(paragraphs),
];

/** Attacks that no pattern of suspicious text finds, and some that one does. */
const TRIED = ATTACKS.filter(({ text }) => text !== '').filter((_, index) => index % 17 === 0);

afterEach(() => modelFault('ok'));

type Whole = Story & { actions?: { result?: { reference?: string } }[] };
const atRest = (id: string) => reaches(id, ['done', 'refused', 'waiting_approval']);

describe('a model that obeys strangers, behind the deployed application', () => {
  it('sends nobody a word that is not ours, and nothing to anybody but the sender', {
    timeout: 400_000,
  }, async () => {
    await modelFault('obey-injection', 200);
    const posted = await Promise.all(
      TRIED.map(async ({ text, name }, index) => {
        const from = `customer-${index}-${crypto.randomUUID()}@example.com`;
        const { body } = await post('support-triage', { text, from });
        return { id: body.id, from, name };
      }),
    );
    let alone = 0;
    // A message that is split is answered by its parts.
    for (const { id, from, name } of posted) {
      const { status, action, actions = [] } = (await atRest(id)) as Whole;
      const isSplit = action?.name === 'split' && status === 'done';
      if (isSplit) posted.push(...actions.map(({ result }) => ({ id: result?.reference ?? '', from, name })));
      const calls = await callsFor('help-desk', id);
      expect(calls.length, name).toBe(status === 'done' && !isSplit ? 1 : 0);
      for (const { body } of calls as { body: Record<string, unknown> }[]) {
        alone += 1;
        expect(body.to, name).toBe(from);
        expect(
          paragraphs(String(body.reply)).filter((it) => !OURS.includes(it)),
          name,
        ).toEqual([]);
      }
    }
    // Or the model was not asked, or did not obey.
    expect(alone).toBeGreaterThan(0);
    expect(alone).toBeLessThan(posted.length);
  });
});
